using System.Buffers.Text;
using Microsoft.Win32.SafeHandles;

namespace Ringwright.Store.Engines;

/// <summary>What the kernel says of a thread. Zero and false where nobody knows.</summary>
/// <param name="Ran">On a processor, in all.</param>
/// <param name="Waited">Ready and without one, in all; a wait is counted when it is over.</param>
/// <param name="Turns">How often it was given one.</param>
/// <param name="IsReady">Now; also while it runs.</param>
internal readonly record struct ThreadTimes(TimeSpan Ran, TimeSpan Waited, long Turns, bool IsReady)
{
    /// <summary>It was ready at both moments and had no processor in between.</summary>
    public bool StoodInLineSince(ThreadTimes before) => before.IsReady && IsReady && Turns == before.Turns && Ran == before.Ran;
}

/// <summary>
/// How long a thread was ready and had no processor, as the kernel counts it (proc(5), schedstat and stat).
/// Nothing where no kernel says so.
/// </summary>
internal sealed class RunQueue : IDisposable
{
    private const string ThisThread = "/proc/thread-self";
    private const int MostBytes = 512, NanosecondsPerTick = 100;

    private readonly SafeFileHandle? _times, _state;

    private RunQueue(string? thread) =>
        (_times, _state) = thread is null ? (null, null)
            : (File.OpenHandle(Path.Combine(thread, "schedstat")), File.OpenHandle(Path.Combine(thread, "stat")));

    /// <summary>Of the thread that asks.</summary>
    public static RunQueue OfThisThread()
    {
        try
        {
            // The link is resolved here: who reads it later is another thread.
            return new(File.ResolveLinkTarget(ThisThread, returnFinalTarget: false)?.FullName);
        }
        catch (Exception unsaid) when (unsaid is IOException or UnauthorizedAccessException)
        {
            return new(null);
        }
    }

    /// <summary>Since the thread began. On any thread; zero for one that has ended.</summary>
    public ThreadTimes Times
    {
        get
        {
            Span<byte> buffer = stackalloc byte[MostBytes];
            // Time on a processor, time without one, turns.
            var times = Read(_times, buffer);
            if (!TryTake(ref times, out long ran) || !TryTake(ref times, out long waited) || !TryTake(ref times, out long turns))
                return default;
            // The state stands behind the thread's name, which is in brackets.
            var state = Read(_state, buffer);
            bool isReady = state.LastIndexOf((byte)')') is > 0 and var name && name + 2 < state.Length && state[name + 2] == 'R';
            return new(TimeSpan.FromTicks(ran / NanosecondsPerTick), TimeSpan.FromTicks(waited / NanosecondsPerTick), turns, isReady);
        }
    }

    public void Dispose()
    {
        _times?.Dispose();
        _state?.Dispose();
    }

    private static ReadOnlySpan<byte> Read(SafeFileHandle? file, Span<byte> buffer)
    {
        try
        {
            return file is null ? [] : buffer[..RandomAccess.Read(file, buffer, 0)];
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            return [];
        }
    }

    private static bool TryTake(ref ReadOnlySpan<byte> text, out long number)
    {
        bool isNumber = Utf8Parser.TryParse(text, out number, out int length);
        text = length < text.Length ? text[(length + 1)..] : [];
        return isNumber;
    }
}
