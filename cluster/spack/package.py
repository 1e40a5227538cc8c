# A recipe for Spack: spack repo create REPO; cp -r cluster/spack REPO/packages/lockstep; spack repo add REPO; then in a
# clone of Lockstep: spack dev-build lockstep@main. Not rehearsed: only its dependencies are checked against CMake's.
from spack.package import *


class Lockstep(CMakePackage):
    """Trains multi-layer perceptrons by synchronous data parallelism on MPI ranks, with the same bits on any number of
    them, and predicts in other programs by a library without MPI."""

    license("MIT")
    version("main")

    variant("libxsmm", default=True, when="target=x86_64:", description="Faster matrix products, with the same bits")

    depends_on("c", type="build")
    depends_on("cxx", type="build")
    depends_on("cmake@3.25:", type="build")
    depends_on("ninja", type="build")
    depends_on("pkgconfig", type="build")
    depends_on("python@3.11:", type=("build", "run"))
    depends_on("py-h5py", type="run")  # lockstep-report
    depends_on("mpi@3:")
    depends_on("hdf5~mpi")
    depends_on("boost@1.74:+serialization")
    depends_on("zlib-api")
    depends_on("xz")
    depends_on("zstd")
    depends_on("fmt")
    depends_on("cli11")
    depends_on("nlohmann-json")
    depends_on("openblas threads=pthreads")
    depends_on("libxsmm", when="+libxsmm")
    depends_on("xxhash")
    depends_on("tomlplusplus")
    depends_on("protobuf")
    depends_on("onnx")
    depends_on("random123")

    conflicts("%gcc@:11")

    generator("ninja")

    def cmake_args(self):
        return [self.define("LOCKSTEP_TESTS", False)]
