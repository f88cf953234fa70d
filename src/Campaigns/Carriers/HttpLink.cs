using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Ringwright.Calls.Texts;
using Ringwright.Calls.Texts.Smpp;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Carriers;

/// <summary>
/// The way to a carrier that is asked by HTTP: one request for each text, which is committed as submitted before. Of the texts between two
/// numbers one is under way at a time. All but the requests runs in one loop.
/// </summary>
internal sealed class HttpLink : CarrierLink
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30), LongestRetry = TimeSpan.FromMinutes(10);

    private readonly HttpTextWay _way;
    private readonly ITextHttp _http;
    private readonly CarrierDesk _desk;
    private readonly HttpArrivals _arrivals;
    private readonly SmppPace _pace;
    private readonly Channel<(ClaimedPart Claimed, TextHttpAnswer Answer)> _answers =
        Channel.CreateUnbounded<(ClaimedPart, TextHttpAnswer)>();
    /// <summary>What waits behind the one that is under way between two numbers.</summary>
    private readonly Dictionary<(string From, string To), Queue<ClaimedPart>> _pairs = [];
    private readonly List<(string From, string To)> _answered = [];
    private int _underWay;
    private bool _isRecovered;
    private string? _trouble;
    private DateTimeOffset _upkeepAt;

    public HttpLink(TextCarrier carrier, HttpTextWay way, ITextHttp http, DateTimeOffset updatedAt, TextCarriers all,
        TextProgress progress, TextCarriersParts parts) : base(carrier, updatedAt, parts)
    {
        (_way, _http, _desk, _pace) = (way, http, new(carrier, all, progress, parts), new(carrier.Rate, Now));
        _arrivals = new(carrier, way, _desk, parts);
    }

    protected override CarrierDesk Desk => _desk;

    /// <summary>The carrier cuts it.</summary>
    public override int PartsOf(TextMessage text) => 1;

    public ValueTask<HttpTextCome> TakeAsync(JsonNode? sent, CancellationToken stop) => _arrivals.TakeAsync(sent, stop);

    protected override async Task RunAsync()
    {
        while (!Stopping.IsCompleted)
        {
            try
            {
                await TurnAsync().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (Ending.IsCancellationRequested)
            {
                break;
            }
            catch (Exception fault)
            {
                // Of the database that is away its own log tells.
                if (fault is not StoreUnavailableException) Parts.Log.BindFailed(fault, Carrier.Name);
                Show(TextBindState.Waiting, fault.Message, _underWay, _pace.Rate);
                await Task.WhenAny(Stopping, Task.Delay(Second, Time, Ending)).ConfigureAwait(false);
            }
        }
        await DrainAsync().ConfigureAwait(false);
        Show(TextBindState.Stopped, null, 0, Carrier.Rate);
    }

    /// <summary>Sends what may go, and waits for what comes.</summary>
    private async Task TurnAsync()
    {
        var bell = Parts.Store.TextParts.Changed;
        Hear();
        bool isSettled = await _desk.SettleAsync(Ending).ConfigureAwait(false);
        if (isSettled) GoOn();
        if (!_isRecovered)
        {
            await _desk.RecoverAsync(Ending).ConfigureAwait(false);
            await CountWaitingAsync().ConfigureAwait(false);
            _isRecovered = true;
        }
        var nextPart = isSettled ? await PumpAsync().ConfigureAwait(false) : null;
        if (isSettled && _desk.HasUnsettled) return;
        bool isPaused = Now < _pace.PausedUntil;
        if (!isPaused) _trouble = null;
        // Once the pause is over it counts as there: only a text can tell whether it is.
        Show(!isPaused ? TextBindState.Bound : _trouble is null ? TextBindState.Paused : TextBindState.Waiting, _trouble, _underWay,
            _pace.Rate);

        var wait = isSettled ? Upkeep : Second;
        if (_underWay < Carrier.Window && _pace.NextFree(Now) is var free && free > Now && free - Now < wait) wait = free - Now;
        if (nextPart is { } due && due - Time.GetUtcNow() is var left && left < wait) wait = left;
        if (wait <= TimeSpan.Zero) return;
        using var rest = CancellationTokenSource.CreateLinkedTokenSource(Ending);
        var delay = Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), Time, rest.Token);
        var heard = _answers.Reader.WaitToReadAsync(rest.Token).AsTask();
        await Task.WhenAny(heard, bell, delay, Stopping).ConfigureAwait(false);
        await rest.CancelAsync().ConfigureAwait(false);
        Ending.ThrowIfCancellationRequested();
    }

    /// <returns>When the next part may go that waits for a time of its own.</returns>
    private async ValueTask<DateTimeOffset?> PumpAsync()
    {
        while (Math.Min(Carrier.Window - _underWay, _pace.Free(Now)) is > 0 and var free)
        {
            var claimed = await _desk.ClaimAsync(free, Ending).ConfigureAwait(false);
            foreach (var one in claimed)
            {
                // It was cut for another carrier: half of a text is none.
                if (one.Total != 1)
                {
                    _desk.Settle(new(one.Part, SmppStatus.BadMessageLength, ""));
                    continue;
                }
                _pace.Take();
                _underWay++;
                var pair = PairOf(one);
                if (_pairs.TryGetValue(pair, out var behind)) behind.Enqueue(one);
                else
                {
                    _pairs.Add(pair, []);
                    _ = AskAsync(one);
                }
            }
            Went(claimed.Count);
            if (claimed.Count < free) break;
        }
        var now = Time.GetUtcNow();
        if (now >= _upkeepAt)
        {
            _upkeepAt = now + Upkeep;
            await _desk.KeepUpAsync(Ending).ConfigureAwait(false);
            await CountWaitingAsync().ConfigureAwait(false);
        }
        return await Parts.Store.TextParts.NextDueAsync(Carrier.Id, now, Ending).ConfigureAwait(false);
    }

    private async Task AskAsync(ClaimedPart one)
    {
        TextHttpAnswer answer;
        try
        {
            // One for all attempts: who knows it takes a text once.
            string key = $"{one.Text.Id:N}-{one.Part.Number}";
            string Word(string name) => name switch
            {
                "from" => one.Text.From,
                "to" => one.Text.To,
                "text" => one.Text.Words,
                "id" => key,
                "password" => Carrier.Password,
                _ => "",
            };
            answer = await _http.PostAsync(new(_way.Url, _way.IsForm ? "application/x-www-form-urlencoded" : "application/json",
                Encoding.UTF8.GetBytes(_way.Compose(Word)), [new("Idempotency-Key", key), .. _way.ComposeHeaders(Word)], AnswerLimit),
                Ending).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            answer = new(null, HasLeft: true, "the node stops", default, null);
        }
        catch (Exception fault)
        {
            Parts.Log.BindFailed(fault, Carrier.Name);
            answer = new(null, HasLeft: true, fault.Message, default, null);
        }
        _answers.Writer.TryWrite((one, answer));
    }

    private void Hear()
    {
        while (_answers.Reader.TryRead(out var come))
        {
            var (claimed, answer) = come;
            _underWay--;
            var judged = _way.Judge(answer.Status, answer.HasLeft, answer.Body);
            if (judged.IsPause)
            {
                var first = answer.RetryAfter is { } asked && asked > Second ? asked < LongestRetry ? asked : LongestRetry : FirstWait;
                _pace.Throttle(Now, first);
                // Who cries for less is well.
                if (answer.Status is not 429) Trouble(answer.Trouble ?? $"it answers {judged.Error}");
            }
            _desk.Settle(new(claimed.Part, judged.Status, judged.Id)
            {
                Error = judged.Error, Doubt = judged.IsFinalDoubt ? TextDoubt.Wait : null,
            });
            _answered.Add(PairOf(claimed));
        }
    }

    /// <summary>What was said is written: what has waited behind it goes, or back, where nothing goes.</summary>
    private void GoOn()
    {
        foreach (var pair in _answered)
        {
            var behind = _pairs[pair];
            if (!Stopping.IsCompleted && Now >= _pace.PausedUntil && behind.TryDequeue(out var next))
            {
                _ = AskAsync(next);
                continue;
            }
            PutBack(behind);
            _pairs.Remove(pair);
        }
        _answered.Clear();
    }

    /// <summary>They have not left: they go when something may go again.</summary>
    private void PutBack(Queue<ClaimedPart> behind)
    {
        while (behind.TryDequeue(out var waits))
        {
            _underWay--;
            _desk.Settle(new(waits.Part, SmppStatus.Throttled, ""));
        }
    }

    private void Trouble(string trouble)
    {
        if (_trouble is null) Parts.Log.BindEnded(Carrier.Name, trouble);
        _trouble = trouble;
    }

    /// <summary>What is under way may still get its answer; what has none at the end is in doubt when it is begun again.</summary>
    private async Task DrainAsync()
    {
        foreach (var behind in _pairs.Values) PutBack(behind);
        GoOn();
        Show(TextBindState.Draining, null, _underWay, _pace.Rate);
        using var timeout = new CancellationTokenSource(DrainLimit, Time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ending, timeout.Token);
        try
        {
            while (_underWay > 0)
            {
                await _answers.Reader.WaitToReadAsync(limit.Token).ConfigureAwait(false);
                Hear();
                GoOn();
            }
        }
        catch (OperationCanceledException)
        {
            // They have had their time.
        }
        try
        {
            await _desk.SettleAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            // Then they are what a kill would have left.
        }
    }

    private static (string From, string To) PairOf(ClaimedPart claimed) => (claimed.Text.From, claimed.Text.To);
}
