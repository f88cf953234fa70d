using System.Globalization;

namespace Ringwright.Server.Cli;

/// <summary>How far something is that counts, in one line of a terminal.</summary>
internal sealed class ProgressBar(TextWriter terminal, long all, bool isShown)
{
    private const int Width = 40;

    private string _shown = "";

    public void Show(long done)
    {
        if (!isShown || all <= 0) return;
        int full = (int)(Math.Min(done, all) * Width / all);
        string line = string.Create(CultureInfo.InvariantCulture,
            $"[{new string('#', full)}{new string('.', Width - full)}] {100.0 * Math.Min(done, all) / all:0} % {done:#,0} of {all:#,0}");
        if (line == _shown) return;
        terminal.Write("\r" + line.PadRight(_shown.Length));
        _shown = line;
    }

    /// <summary>As if it had never been there.</summary>
    public void Clear()
    {
        if (_shown.Length == 0) return;
        terminal.Write("\r" + new string(' ', _shown.Length) + "\r");
        _shown = "";
    }
}
