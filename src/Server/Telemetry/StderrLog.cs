using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Ringwright.Server.Telemetry;

/// <summary>
/// Writes log lines to stderr, gathered for a moment: a call has three, and the framework's logger wakes a thread and writes for each line.
/// A line at Error or above is written without delay. Whoever reads stderr too slowly loses lines, never a call its time.
/// </summary>
internal sealed class StderrLog : ILoggerProvider, ISupportExternalScope
{
    private const int MostCharacters = 1 << 20;
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(50);

    [ThreadStatic] private static StringWriter? _line;

    private readonly ConsoleFormatter _formatter;
    private readonly Stream _stderr;
    private readonly Thread _writer;
    private readonly ConcurrentDictionary<string, Logger> _loggers = new(StringComparer.Ordinal);
    private IExternalScopeProvider? _scopes;
    private StringBuilder _lines = new(), _spare = new();
    private int _lost;
    private bool _isUrgent, _isClosed;

    public StderrLog(ConsoleFormatter formatter, Stream stderr)
    {
        (_formatter, _stderr) = (formatter, stderr);
        _writer = new(Write) { IsBackground = true, Name = "log" };
        _writer.Start();
    }

    public ILogger CreateLogger(string categoryName) => _loggers.GetOrAdd(categoryName, static (category, log) => new(log, category), this);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    /// <summary>Writes what is there, then stops.</summary>
    public void Dispose()
    {
        lock (_loggers)
        {
            _isClosed = true;
            Monitor.Pulse(_loggers);
        }
        _writer.Join(TimeSpan.FromSeconds(2));
    }

    private void Add(StringBuilder line, bool isUrgent)
    {
        lock (_loggers)
        {
            bool isFirst = _lines.Length == 0;
            if (_lines.Length + line.Length <= MostCharacters) _lines.Append(line);
            else _lost++;
            _isUrgent |= isUrgent;
            if (isFirst || isUrgent) Monitor.Pulse(_loggers);
        }
    }

    private void Write()
    {
        byte[] bytes = [];
        int unwritten = 0;
        while (TryTake(out var lines, out int lost))
        {
            if (lost > 0) lines.Append(Said($"{lost} log lines were dropped: what reads stderr is too slow."));
            string fresh = lines.ToString(), text = unwritten == 0 ? fresh
                // What was written last may have no end.
                : "\n" + Said($"{unwritten} {(unwritten == 1 ? "log line" : "log lines")} could not be written.") + fresh;
            int most = Encoding.UTF8.GetMaxByteCount(text.Length);
            if (bytes.Length < most) bytes = new byte[most];
            try
            {
                _stderr.Write(bytes, 0, Encoding.UTF8.GetBytes(text, bytes));
                _stderr.Flush();
                unwritten = 0;
            }
            catch (IOException)
            {
                // The disk of its file is full, mostly: said when it has room again, for there is no other place to say it.
                unwritten += fresh.AsSpan().Count('\n');
            }
            lines.Clear();
        }
    }

    /// <summary>In the form of all other lines: machines may read them.</summary>
    private string Said(string sentence)
    {
        var line = new StringWriter();
        _formatter.Write(new LogEntry<string>(LogLevel.Warning, "Ringwright.Server", default, sentence, null, static (text, _) => text),
            null, line);
        return line.ToString();
    }

    /// <summary>False when the log was closed and nothing is left.</summary>
    private bool TryTake(out StringBuilder lines, out int lost)
    {
        lock (_loggers)
        {
            while (_lines.Length == 0 && !_isClosed) Monitor.Wait(_loggers);
            if (!_isUrgent && !_isClosed) Monitor.Wait(_loggers, Gathering);
            (lines, _lines, _spare) = (_lines, _spare, _lines);
            (lost, _lost, _isUrgent) = (_lost, 0, false);
            return lines.Length > 0;
        }
    }

    private sealed class Logger(StderrLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => log._scopes?.Push(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel is not LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (state is FormattedLine formatted)
            {
                log.Add(new StringBuilder(formatted.Text).Append('\n'), isUrgent: false);
                return;
            }
            var line = _line ??= new();
            log._formatter.Write(new LogEntry<TState>(logLevel, category, eventId, state, exception, formatter), log._scopes, line);
            var text = line.GetStringBuilder();
            if (text.Length == 0) return;
            log.Add(text, logLevel >= LogLevel.Error);
            text.Clear();
        }
    }
}

/// <summary>A line of another process of ours, in its final form and chosen by its level there: it goes where our own lines go.</summary>
internal readonly record struct FormattedLine(string Text)
{
    public static void Write(ILogger logger, string text) =>
        // No level of ours may keep it out.
        logger.Log(LogLevel.Critical, default, new FormattedLine(text), null, static (line, _) => line.Text);
}
