using System.CommandLine;

namespace Ringwright.Server.Cli;

/// <summary>What a list of live things shows: once, or each second until Ctrl-C.</summary>
internal static class Watching
{
    private const string ToTop = "\u001b[H\u001b[J";

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    public static Option<bool> Create() => new("--watch") { Description = "show it each second, until Ctrl-C" };

    /// <param name="write">Asks, and writes what there is now.</param>
    /// <returns>0; that somebody has seen enough is no failure, with Ctrl-C or by the end of what it was piped into.</returns>
    public static Task<int> RunAsync(bool isWatched, Func<TextWriter, Task> write, CancellationToken stop) => RunAsync(Console.Out,
        isScreen: isWatched && !Console.IsOutputRedirected, isWatched, static () => OutputPipe.IsRead(), Look, write, stop);

    /// <param name="isScreen">What was shown is painted over. Else what has changed follows it, for files and scripts.</param>
    /// <param name="isRead">Asked after each look, whether or not it had anything to show.</param>
    internal static async Task<int> RunAsync(TextWriter into, bool isScreen, bool isWatched, Func<bool> isRead, TimeSpan look,
        Func<TextWriter, Task> write, CancellationToken stop)
    {
        string? shown = null;
        try
        {
            while (true)
            {
                using var now = new StringWriter { NewLine = "\n" };
                await write(now);
                string text = now.ToString();
                if (text != shown)
                {
                    if (isScreen) await into.WriteAsync(ToTop);
                    await into.WriteAsync(text);
                    await into.FlushAsync(stop);
                    shown = text;
                }
                if (!isWatched || !isRead()) return 0;
                await Task.Delay(look, stop);
            }
        }
        catch (OperationCanceledException) when (isWatched && stop.IsCancellationRequested)
        {
            return 0;
        }
    }
}
