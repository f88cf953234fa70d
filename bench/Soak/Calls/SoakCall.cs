using System.Text.Json.Nodes;

namespace Ringwright.Bench.Soak.Calls;

/// <summary>One webhook of a call.</summary>
internal sealed record CallNews(string Type, JsonObject Payload);

/// <summary>A leg as its customer knows it: what the API and the webhooks said of it. Any thread may ask and tell.</summary>
internal sealed class SoakCall(string id, DateTimeOffset startedAt)
{
    private readonly Lock _gate = new();
    private readonly List<CallNews> _news = [];
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Id => id;
    public DateTimeOffset StartedAt => startedAt;
    /// <summary>Which script drives it; empty for a leg that another one brought along.</summary>
    public string Script { get; set; } = "";
    public DateTimeOffset? EndedAt { get; private set; }
    public int Hangups { get; private set; }
    public string Cause { get; private set; } = "";

    public void Tell(CallNews news)
    {
        TaskCompletionSource more;
        lock (_gate)
        {
            _news.Add(news);
            if (news.Type == "call.hangup")
            {
                Hangups++;
                EndedAt ??= DateTimeOffset.UtcNow;
                Cause = (string?)news.Payload["hangup_cause"] ?? "";
            }
            (more, _more) = (_more, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        more.TrySetResult();
    }

    /// <summary>The payload of the first such webhook, as soon as it is there.</summary>
    /// <exception cref="CallOver">The call ended before, or the patience is over.</exception>
    public async Task<JsonObject> NextAsync(string type, TimeSpan patience, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(patience);
        while (true)
        {
            Task more;
            lock (_gate)
            {
                if (_news.Find(n => n.Type == type) is { } found) return found.Payload;
                // What follows an end has its time too: a recording is saved after it.
                if (Hangups > 0 && type != "call.recording.saved") throw new CallOver($"it ended before {type}");
                more = _more.Task;
            }
            try
            {
                await more.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                throw new CallOver($"no {type} in {patience.TotalSeconds:F0} s");
            }
        }
    }

    public bool Has(string type)
    {
        lock (_gate) return _news.Exists(n => n.Type == type);
    }
}

/// <summary>A script cannot go on: the call has ended, or what it waits for does not come.</summary>
internal sealed class CallOver(string why) : Exception(why);
