using System.Runtime.InteropServices;

namespace Ringwright.Store.Sqlite;

/// <summary>
/// A file system of SQLite's (https://sqlite.org/vfs.html): the usual one, but that what a commit adds to the log goes out by one system
/// call. By itself SQLite makes two for each page, one for the 24 bytes of its frame's head and one for its body, and these cost more than
/// half of what a commit does (ADR 33). What is gathered is written before the call returns that brings the last frame of a transaction,
/// whose head says so (https://sqlite.org/fileformat2.html#the_write_ahead_log): nobody else reads frames of a transaction before that, and
/// what goes wrong goes wrong there. Pages that go out before, for which the connection has no room, are written as they come: what is
/// undone must not be written later, over what another program has put in its place.
/// </summary>
internal static unsafe class GatheredLog
{
    private const string FileSystem = "gathered-log";

    // sqlite3_vfs and sqlite3_io_methods in words of 64 bits; the first of each is a version, that of a file system has a size behind it.
    private const int SystemWords = 21, LeastSystemVersion = 3, NextPlace = 2, NamePlace = 3, OpenPlace = 5;
    private const int MethodsWords = 19, ClosePlace = 1, ReadPlace = 2, WritePlace = 3, TruncatePlace = 4, SyncPlace = 5, SizePlace = 6;

    private const int Ok = 0, OpensLog = 0x80000;
    private const int HeadBytes = 24, PagesPlace = 4;
    /// <summary>The usual file system takes no more at once than 17 bits can say.</summary>
    private const int MostBytes = 0x1FFF0;
    private const long Nowhere = -1;

    [ThreadStatic]
    private static bool _isCommitting;
    /// <summary>In which this commit has gathered something.</summary>
    [ThreadStatic]
    private static OpenLog* _gathering;

    private static nint* _usual;
    /// <summary>Of a file of the usual file system; ours have a pointer behind it.</summary>
    private static int _fileBytes;

    /// <summary>By which a connection asks for it; null where it is not there.</summary>
    public static string? Name { get; private set; }

    /// <param name="library">SQLite's. To be called once, after it was configured.</param>
    public static void Register(nint library)
    {
        if (nint.Size != sizeof(long) || !NativeLibrary.TryGetExport(library, "sqlite3_vfs_find", out nint find)
            || !NativeLibrary.TryGetExport(library, "sqlite3_vfs_register", out nint register)) return;
        _usual = ((delegate* unmanaged<byte*, nint*>)find)(null);
        if (_usual == null || ((int*)_usual)[0] < LeastSystemVersion) return;
        _fileBytes = (((int*)_usual)[1] + sizeof(nint) - 1) / sizeof(nint) * sizeof(nint);
        nint* own = Copy(_usual, SystemWords);      // for as long as the process lives
        ((int*)own)[1] = _fileBytes + sizeof(nint);
        own[NextPlace] = 0;
        own[NamePlace] = Marshal.StringToCoTaskMemUTF8(FileSystem);
        own[OpenPlace] = (nint)(delegate* unmanaged<nint*, byte*, nint*, int, int*, int>)&Open;
        if (((delegate* unmanaged<nint*, int, int>)register)(own, 0) == Ok) Name = FileSystem;
    }

    /// <summary>What this thread writes to a log is gathered, until <see cref="EndCommit"/>.</summary>
    public static void BeginCommit() => _isCommitting = true;

    /// <summary>Nothing is left of a commit that has failed.</summary>
    public static void EndCommit()
    {
        _isCommitting = false;
        if (_gathering == null) return;
        _gathering->Length = 0;
        _gathering = null;
    }

    [UnmanagedCallersOnly]
    private static int Open(nint* system, byte* name, nint* file, int flags, int* outFlags)
    {
        int result = ((delegate* unmanaged<nint*, byte*, nint*, int, int*, int>)_usual[OpenPlace])(_usual, name, file, flags, outFlags);
        if (result != Ok || (flags & OpensLog) == 0) return result;
        var log = (OpenLog*)NativeMemory.AllocZeroed((nuint)sizeof(OpenLog));
        log->Usual = (nint*)file[0];
        log->Own = Copy(log->Usual, MethodsWords);
        log->Own[ClosePlace] = (nint)(delegate* unmanaged<nint*, int>)&Close;
        log->Own[ReadPlace] = (nint)(delegate* unmanaged<nint*, byte*, int, long, int>)&Read;
        log->Own[WritePlace] = (nint)(delegate* unmanaged<nint*, byte*, int, long, int>)&Write;
        log->Own[TruncatePlace] = (nint)(delegate* unmanaged<nint*, long, int>)&Truncate;
        log->Own[SyncPlace] = (nint)(delegate* unmanaged<nint*, int, int>)&Sync;
        log->Own[SizePlace] = (nint)(delegate* unmanaged<nint*, long*, int>)&GetSize;
        log->Bytes = (byte*)NativeMemory.Alloc(MostBytes);
        log->End = Nowhere;
        *PlaceOf(file) = log;
        file[0] = (nint)log->Own;
        return Ok;
    }

    [UnmanagedCallersOnly]
    private static int Close(nint* file)
    {
        var log = *PlaceOf(file);
        int result = ((delegate* unmanaged<nint*, int>)log->Usual[ClosePlace])(file);
        NativeMemory.Free(log->Bytes);
        NativeMemory.Free(log->Own);
        NativeMemory.Free(log);
        return result;
    }

    /// <summary>
    /// Only the head of a frame and the body behind it, each where the last write ended, are gathered, in a commit; all else is written as
    /// it comes.
    /// </summary>
    [UnmanagedCallersOnly]
    private static int Write(nint* file, byte* bytes, int count, long at)
    {
        var log = *PlaceOf(file);
        bool isHead = count == HeadBytes, isLast = log->IsLast;
        bool isPart = _isCommitting && at == log->End && count <= MostBytes && (isHead || log->IsHead);
        int result = isPart && log->Length + count <= MostBytes ? Ok : Flush(file, log);
        if (result == Ok && isPart) Add(log, bytes, count, at);
        else if (result == Ok) result = WriteNow(file, log, bytes, count, at);
        log->IsHead = isHead;
        // How many pages the database has then; none where more frames follow.
        log->IsLast = isHead && *(int*)(bytes + PagesPlace) != 0;
        log->End = result == Ok ? at + count : Nowhere;
        return result == Ok && isLast && !isHead ? Flush(file, log) : result;
    }

    [UnmanagedCallersOnly]
    private static int Read(nint* file, byte* into, int count, long at)
    {
        var log = *PlaceOf(file);
        int result = Flush(file, log);
        return result != Ok ? result : ((delegate* unmanaged<nint*, byte*, int, long, int>)log->Usual[ReadPlace])(file, into, count, at);
    }

    [UnmanagedCallersOnly]
    private static int Truncate(nint* file, long bytes)
    {
        var log = *PlaceOf(file);
        int result = Flush(file, log);
        return result != Ok ? result : ((delegate* unmanaged<nint*, long, int>)log->Usual[TruncatePlace])(file, bytes);
    }

    [UnmanagedCallersOnly]
    private static int Sync(nint* file, int flags)
    {
        var log = *PlaceOf(file);
        int result = Flush(file, log);
        return result != Ok ? result : ((delegate* unmanaged<nint*, int, int>)log->Usual[SyncPlace])(file, flags);
    }

    [UnmanagedCallersOnly]
    private static int GetSize(nint* file, long* bytes)
    {
        var log = *PlaceOf(file);
        int result = Flush(file, log);
        return result != Ok ? result : ((delegate* unmanaged<nint*, long*, int>)log->Usual[SizePlace])(file, bytes);
    }

    private static void Add(OpenLog* log, byte* bytes, int count, long at)
    {
        if (log->Length == 0) log->Start = at;
        _gathering = log;
        new ReadOnlySpan<byte>(bytes, count).CopyTo(new Span<byte>(log->Bytes + log->Length, count));
        log->Length += count;
    }

    private static int Flush(nint* file, OpenLog* log)
    {
        int count = log->Length;
        if (count == 0) return Ok;
        log->Length = 0;
        int result = WriteNow(file, log, log->Bytes, count, log->Start);
        if (result != Ok) log->End = Nowhere;
        return result;
    }

    private static int WriteNow(nint* file, OpenLog* log, byte* bytes, int count, long at) =>
        ((delegate* unmanaged<nint*, byte*, int, long, int>)log->Usual[WritePlace])(file, bytes, count, at);

    private static OpenLog** PlaceOf(nint* file) => (OpenLog**)((byte*)file + _fileBytes);

    private static nint* Copy(nint* words, int count)
    {
        var copy = (nint*)NativeMemory.Alloc((nuint)count, (nuint)sizeof(nint));
        new ReadOnlySpan<nint>(words, count).CopyTo(new Span<nint>(copy, count));
        return copy;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct OpenLog
    {
        /// <summary>What the usual file system does with it, and what is done in its place.</summary>
        public nint* Usual, Own;
        /// <summary>What is gathered: so many, from that place of the file on.</summary>
        public byte* Bytes;
        public long Start;
        public int Length;
        /// <summary>Of what was written last; <see cref="Nowhere"/> where that is not known.</summary>
        public long End;
        /// <summary>The last write was the head of a frame, and of the last one of a transaction.</summary>
        public bool IsHead, IsLast;
    }
}
