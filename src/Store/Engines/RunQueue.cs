using System.Buffers.Text;
using Microsoft.Win32.SafeHandles;

namespace Ringwright.Store.Engines;

/// <summary>How long a thread was ready and had no processor, as the kernel counts it (proc(5), schedstat). Nothing where no kernel says so.</summary>
internal sealed class RunQueue : IDisposable
{
    private const string ThisThread = "/proc/thread-self";
    private const int MostBytes = 64, NanosecondsPerTick = 100;

    private readonly SafeFileHandle? _file;

    private RunQueue(SafeFileHandle? file) => _file = file;

    /// <summary>Of the thread that asks.</summary>
    public static RunQueue OfThisThread()
    {
        try
        {
            // The link is resolved here: who reads it later is another thread.
            string? thread = File.ResolveLinkTarget(ThisThread, returnFinalTarget: false)?.FullName;
            return new(thread is null ? null : File.OpenHandle(Path.Combine(thread, "schedstat")));
        }
        catch (Exception unsaid) when (unsaid is IOException or UnauthorizedAccessException)
        {
            return new(null);
        }
    }

    /// <summary>Since the thread began. On any thread; zero for one that has ended.</summary>
    public TimeSpan Waited
    {
        get
        {
            if (_file is null) return TimeSpan.Zero;
            Span<byte> text = stackalloc byte[MostBytes];
            try
            {
                text = text[..RandomAccess.Read(_file, text, 0)];
            }
            catch (Exception gone) when (gone is IOException or ObjectDisposedException)
            {
                return TimeSpan.Zero;
            }
            // Time on a processor, time without one, turns.
            int first = text.IndexOf((byte)' ');
            return first > 0 && Utf8Parser.TryParse(text[(first + 1)..], out long nanoseconds, out _) ? TimeSpan.FromTicks(nanoseconds / NanosecondsPerTick) : TimeSpan.Zero;
        }
    }

    public void Dispose() => _file?.Dispose();
}
