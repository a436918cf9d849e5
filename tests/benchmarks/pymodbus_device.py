"""A Modbus RTU device of pymodbus with one register of coils, on a port that is there already."""

import sys

from pymodbus.server import StartSerialServer
from pymodbus.simulator import DataType, SimData, SimDevice


def main(port: str) -> None:
    """Serves for ever."""
    coils = SimData(0, count=1, values=1, datatype=DataType.REGISTERS)
    StartSerialServer(SimDevice(1, simdata=[coils]), port=port, baudrate=57600)


if __name__ == "__main__":
    main(sys.argv[1])
