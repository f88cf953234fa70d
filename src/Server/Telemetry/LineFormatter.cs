using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Ringwright.Server.Telemetry;

/// <summary>One line per entry: time, level, who, what, and the exception behind it.</summary>
internal sealed class LineFormatter(TimeProvider clock) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "ringwright";
    private const int TimeCharacters = 13;

    public override void Write<TState>(in LogEntry<TState> entry, IExternalScopeProvider? scopes, TextWriter into)
    {
        string message = entry.Formatter(entry.State, entry.Exception);
        if (message.Length == 0 && entry.Exception is null) return;

        Span<char> time = stackalloc char[TimeCharacters];
        clock.GetUtcNow().TryFormat(time, out int length, "HH:mm:ss.fff ", CultureInfo.InvariantCulture);
        into.Write(time[..length]);
        into.Write(LevelWord(entry.LogLevel));
        into.Write(' ');
        into.Write(ShortCategory(entry.Category));
        into.Write(": ");
        into.Write(Shown(message));
        if (entry.Exception is { } cause)
        {
            into.Write(Shown(entry.LogLevel >= LogLevel.Error ? $"\n{cause}" : $" ({cause.GetType().Name}: {cause.Message})"));
        }
        into.Write('\n');
    }

    /// <summary>
    /// Words of far ends stand in messages and in exceptions: they neither move the cursor of whoever reads them nor begin a line of their
    /// own, which would look like another entry.
    /// </summary>
    private static string Shown(string text)
    {
        // Of each line of each call: the whole text at once, not letter by letter.
        if (!text.AsSpan().ContainsAnyInRange('\0', '\x1F') && !text.AsSpan().ContainsAnyInRange('\x7F', '\x9F')) return text;
        var shown = new StringBuilder(text.Length + 16);
        foreach (char c in text.ReplaceLineEndings("\n"))
        {
            if (c is '\n') shown.Append("\n  ");
            else shown.Append(char.IsControl(c) && c is not '\t' ? '?' : c);
        }
        return shown.ToString();
    }

    private static string LevelWord(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };

    // Ringwright.Delivery.Worker is Delivery: the project says enough.
    private static ReadOnlySpan<char> ShortCategory(string category)
    {
        if (!category.StartsWith(MetricStore.Ours, StringComparison.Ordinal)) return category.AsSpan(category.LastIndexOf('.') + 1);
        var project = category.AsSpan(MetricStore.Ours.Length);
        return project.IndexOf('.') is >= 0 and var end ? project[..end] : project;
    }
}
