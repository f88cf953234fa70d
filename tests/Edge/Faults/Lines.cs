using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Ringwright.Edge.Faults;

/// <summary>A log that a test reads.</summary>
internal sealed class Lines : ILogger
{
    private readonly ConcurrentQueue<(int Id, string Text)> _lines = new();

    public IEnumerable<string> Of(int id) => _lines.Where(l => l.Id == id).Select(l => l.Text);

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
    public bool IsEnabled(LogLevel level) => true;
    public void Log<TState>(LogLevel level, EventId id, TState state, Exception? failed, Func<TState, Exception?, string> format) =>
        _lines.Enqueue((id.Id, format(state, failed)));
}
