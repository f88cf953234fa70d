using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Media.Native;
using Ringwright.Speech.Recognition;

namespace Ringwright.Speech.Transcription;

/// <summary>All live transcriptions of a node.</summary>
/// <param name="find">The recogniser of that name, or the node's usual one for null; null when there is none.</param>
public sealed class TranscriptionHost(IAudioTaps taps, Func<string?, IRecogniser?> find, TranscriptionOptions options, TimeProvider time,
    ILogger log) : ITranscriber, IAsyncDisposable
{
    private readonly ConcurrentDictionary<Guid, (TranscriptionSession Session, Task Running)> _sessions = new();
    private readonly Lock _lock = new();
    private bool _isDisposed;

    /// <summary>Open, or being opened or closed.</summary>
    public int Count => _sessions.Count;

    public string? ProblemOf(string? recogniser, string language) => ProblemOf(find(recogniser), recogniser, language);

    public string? ProblemOf(RecordFormat format) =>
        format is RecordFormat.Mp3 && !Mp3Reader.IsAvailable ? Mp3Reader.Missing.TrimEnd('.') : null;

    /// <inheritdoc cref="ILiveAudio.Open"/>
    public void Open(TranscriptionOrder order, Action<LiveAudioNews> tell)
    {
        lock (_lock)
        {
            var recogniser = find(order.Terms.Recogniser);
            string? problem = Refuse(order) ?? ProblemOf(recogniser, order.Terms.Recogniser, order.Terms.Language);
            if (problem is not null || recogniser is null)
            {
                Metrics.Ended.Add(1, new KeyValuePair<string, object?>("outcome", "refused"));
                // Later, as all else is told: who orders may not be ready to hear.
                _ = Task.Run(() => tell(new LiveAudioNews.Ended(problem)), CancellationToken.None);
                return;
            }
            var session = new TranscriptionSession(order, recogniser, tell, taps, options, time, log);
            var running = new Task<Task>(() => RunAsync(order.Id, session));
            _sessions[order.Id] = (session, running.Unwrap());
            running.Start(TaskScheduler.Default);
        }
    }

    /// <inheritdoc cref="ILiveAudio.Close"/>
    public void Close(Guid id)
    {
        if (_sessions.TryGetValue(id, out var one)) one.Session.Close();
    }

    /// <summary>Every recogniser has so long to let go as the options say.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock) _isDisposed = true;
        var all = _sessions.Values.ToList();
        foreach (var (session, _) in all) session.Close();
        var limit = 3 * options.FarewellTimeout;
        try
        {
            await Task.WhenAll(all.Select(one => one.Running)).WaitAsync(limit, time);
        }
        catch (TimeoutException)
        {
            log.TranscriptionsLeft(_sessions.Count, limit.TotalSeconds);
        }
    }

    private static string? ProblemOf(IRecogniser? found, string? name, string language) =>
        found is null ? name is null ? "no recogniser is configured on this node" : $"no recogniser {name} is configured on this node"
        : found.Knows(language) ? null
        : $"the recogniser {found.Name} does not know the language {language}";

    private string? Refuse(TranscriptionOrder order) =>
        _isDisposed ? "the node is stopping"
        : _sessions.Count >= options.Calls ? $"{options.Calls} calls are being transcribed, and the node transcribes no more"
        : _sessions.ContainsKey(order.Id) ? "a transcription of this id runs"
        : null;

    private async Task RunAsync(Guid id, TranscriptionSession session)
    {
        try
        {
            await session.RunAsync();
        }
        finally
        {
            _sessions.TryRemove(id, out _);
        }
    }
}
