using System.Buffers;
using System.IO.MemoryMappedFiles;
using Ringwright.Calls;
using Ringwright.Media.Taps;

namespace Ringwright.MediaHost.Taps;

/// <summary>
/// One process's view of the memory that both ends of a tap see: a file that is on no disk where the machine has such a place.
/// </summary>
internal sealed unsafe class TapFile : MemoryManager<byte>
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly int _length;
    private byte* _start;

    private TapFile(FileStream stream, int length)
    {
        _length = length;
        _file = MemoryMappedFile.CreateFromFile(stream, null, length, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None,
            leaveOpen: false);
        _view = _file.CreateViewAccessor(0, length, MemoryMappedFileAccess.ReadWrite);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += _view.PointerOffset;
    }

    /// <summary>Where a tap's file is.</summary>
    public static string PathOf(string folder, Guid id) => Path.Combine(folder, $"{id:N}");

    /// <summary>Makes it. All of it is there from the beginning: a place that fills up later would end the process.</summary>
    /// <exception cref="IOException">There is no room.</exception>
    public static TapFile Create(string folder, TapPlan plan)
    {
        int length = TapMemory.BytesFor(plan);
        string path = PathOf(folder, plan.Id);
        var stream = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0,
            PreallocationSize = length, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        try
        {
            stream.SetLength(length);
            return new(stream, length);
        }
        catch
        {
            stream.Dispose();
            File.Delete(path);
            throw;
        }
    }

    /// <summary>The one that the other end has made.</summary>
    /// <exception cref="IOException">It is not there, or not of this plan.</exception>
    public static TapFile Open(string folder, TapPlan plan)
    {
        int length = TapMemory.BytesFor(plan);
        var stream = new FileStream(PathOf(folder, plan.Id), new FileStreamOptions
        {
            Mode = FileMode.Open, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0
        });
        if (stream.Length == length) return new(stream, length);
        stream.Dispose();
        throw new IOException("The memory of a tap is not of its plan.");
    }

    public override Span<byte> GetSpan() => new(_start, _length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(_start + elementIndex);

    public override void Unpin() { }

    /// <summary>Nobody may touch it any more.</summary>
    protected override void Dispose(bool disposing)
    {
        if (!disposing || _start is null) return;
        _start = null;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
