"""The till's screen in browsers: a page, its files, and a process for each tab."""
