using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Resources;

namespace Ringwright.Voipbin.Calling;

/// <summary>Who is called together, and how.</summary>
internal sealed record RingTerms
{
    public required TenantId Tenant { get; init; }
    /// <summary>Numbers and SIP URIs.</summary>
    public required IReadOnlyList<string> To { get; init; }
    /// <summary>Of each leg; its <see cref="DialRequest.To"/>, application and group are not looked at.</summary>
    public required DialRequest Template { get; init; }
    /// <summary>One after the other, each for as long as it may ring; else all at once.</summary>
    public bool IsLinear { get; init; }
    /// <summary>The first who answers is the only one.</summary>
    public bool HangsUpOthers { get; init; } = true;
    /// <summary>What commands whoever answers; null where they are joined to somebody who waits for them.</summary>
    public Application? Flow { get; init; }
}

/// <summary>
/// Calls that are placed together (a groupcall): the resource, its events, and the calls themselves. The resource is written by this
/// process alone, and closed by the next one where this one dies.
/// </summary>
internal sealed class RingGroup(CallWork work, RingTerms terms, ResourceRow row, Func<DialRequest, ValueTask<Dialled>> dial)
{
    public const string Progressing = "progressing", HangingUp = "hangingup", Hangup = "hangup";

    /// <summary>For news that must come behind the longest that anybody may ring.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly Channel<RingNews> _news = Channel.CreateUnbounded<RingNews>();
    /// <summary>Has no timer, so nothing of it must be disposed.</summary>
    private readonly CancellationTokenSource _dismissed = new();
    private readonly HashSet<LegId> _up = [];
    private readonly TaskCompletionSource<Dialled> _placed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<LegFacts?> _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _expected;

    public string Id => row.Id;

    public Application? Flow => terms.Flow;

    public CancellationToken Dismissed => _dismissed.Token;

    /// <summary>The first leg, or why there is none.</summary>
    public Task<Dialled> Placed => _placed.Task;

    /// <summary>Who has answered first; null when nobody has, and nobody will.</summary>
    public Task<LegFacts?> Answered => _answered.Task;

    /// <summary>Completes when all are over.</summary>
    public Task<CallEvent.LegEnded?> Done { get; private set; } = Task.FromResult<CallEvent.LegEnded?>(null);

    public ICallProgram? CreateProgram(Application application) => work.CreateProgram(application);

    public void Start() => Done = Task.Run(RunAsync, CancellationToken.None);

    public void Tell(RingNews news) => _news.Writer.TryWrite(news);

    /// <summary>All that still ring or talk are hung up, and nobody more is called.</summary>
    public void Dismiss()
    {
        _ = _dismissed.CancelAsync();
        Tell(new RingNews.Dismissal());
    }

    private async Task<CallEvent.LegEnded?> RunAsync()
    {
        CallEvent.LegEnded? last = null;
        work.Rings.Add(this);
        try
        {
            bool isTogether = !terms.IsLinear && terms.HangsUpOthers && terms.To.Count > 1
                && await DialAsync(terms.To[0], [.. terms.To.Skip(1)], isLastWord: false);
            if (isTogether) last = await FollowAsync();
            else
            {
                for (int i = 0; i < terms.To.Count && !_dismissed.IsCancellationRequested; i++)
                {
                    if (i > 0) await ChangeAsync(body => Set(body, "dial_index", i), name: null);
                    if (!await DialAsync(terms.To[i], [])) continue;
                    // Where all may talk, all are called before anybody is waited for.
                    if (!terms.IsLinear && !terms.HangsUpOthers && i < terms.To.Count - 1) continue;
                    last = await FollowAsync() ?? last;
                    if (_answered.Task.IsCompleted) break;
                }
                if (_up.Count > 0 || _expected > 0) last = await FollowAsync() ?? last;
            }
        }
        finally
        {
            _answered.TrySetResult(null);
            _placed.TrySetResult(Dialled.Refused(Refusal.BadDestination, "no_destination", "None of the destinations can be called."));
            await ChangeAsync(static body => body.Remove(LiveRows.Owner) && Set(body, "status", Hangup), Hangup);
            work.Rings.Remove(this);
        }
        return last;
    }

    /// <summary>
    /// Where several ring at once for one, the engine lets the others go when he answers; but one that cannot be called spoils it for all:
    /// then each is tried by itself.
    /// </summary>
    private async ValueTask<bool> DialAsync(string to, IReadOnlyList<string> also, bool isLastWord = true)
    {
        var dialled = await PlaceAsync(terms.Template with
        {
            Tenant = terms.Tenant,
            To = to,
            AlsoTo = also,
            Application = new(ApplicationKind.Ring, Id),
            Labels = terms.Template.Labels.With(Labels.Of((CallLabels.Group, Id), (CallLabels.Flow, terms.Flow?.Target))),
        });
        if (dialled.Ack.IsAccepted)
        {
            _expected += 1 + also.Count - dialled.LeftOut.Count;
            _placed.TrySetResult(dialled);
        }
        else if (isLastWord && to == terms.To[^1]) _placed.TrySetResult(dialled);
        return dialled.Ack.IsAccepted;
    }

    private async ValueTask<Dialled> PlaceAsync(DialRequest request)
    {
        try
        {
            return await dial(request);
        }
        catch (Exception over) when (over is OperationCanceledException or ObjectDisposedException)
        {
            // Who waits for them has gone.
            return Dialled.Refused(Refusal.AlreadyEnded, "caller_gone", null);
        }
    }

    /// <summary>Until all are over that were dialled so far.</summary>
    /// <returns>How the last of them ended, or the one who had answered.</returns>
    private async ValueTask<CallEvent.LegEnded?> FollowAsync()
    {
        CallEvent.LegEnded? last = null;
        while (_expected > 0 || _up.Count > 0)
        {
            if (await NextAsync() is not { } news) return last;
            switch (news)
            {
                case RingNews.Began began:
                    _expected--;
                    _up.Add(began.Leg.Id);
                    await ChangeAsync(body => AddCall(body, began.Leg), name: null);
                    break;
                case RingNews.Happened { Event: CallEvent.LegAnswered answered }:
                    if (!_answered.TrySetResult(answered.Leg)) break;
                    await ChangeAsync(body => Set(body, "answer_call_id", answered.Leg.Uuid.ToString()), Progressing);
                    break;
                case RingNews.Over over:
                    _up.Remove(over.Leg.Id);
                    bool isWho = _answered.Task is { IsCompletedSuccessfully: true, Result: { } who } && who.Id == over.Leg.Id;
                    if (isWho || last?.Leg.AnsweredAt is null) last = over.How ?? last;
                    break;
                case RingNews.Dismissal:
                    await ChangeAsync(static body => (string?)body["status"] is Progressing && Set(body, "status", HangingUp), name: null);
                    break;
                case RingNews.Happened:
                    break;
                default:
                    throw new UnreachableException();
            }
        }
        return last;
    }

    /// <summary>A leg whose row the ledger did not take tells nothing: it is not waited for longer than it could have rung.</summary>
    private async ValueTask<RingNews?> NextAsync()
    {
        if (_up.Count > 0) return await _news.Reader.ReadAsync();
        try
        {
            return await _news.Reader.ReadAsync().AsTask().WaitAsync(terms.Template.RingTimeout + Patience, work.Time);
        }
        catch (TimeoutException)
        {
            _expected = 0;
            return null;
        }
    }

    /// <summary>What cannot be written parts nobody who talks; a group that is over and does not say so is swept.</summary>
    private async ValueTask ChangeAsync(Func<JsonObject, bool> change, string? name)
    {
        try
        {
            await work.Groupcalls.ChangeAsync(terms.Tenant, Id, change, name, CancellationToken.None);
        }
        catch (Exception failed) when (failed is not OutOfMemoryException)
        {
            work.Parts.Log.GroupNotWritten(failed, Id);
        }
    }

    private static bool AddCall(JsonObject body, LegFacts leg)
    {
        if (body["call_ids"] is not JsonArray calls) body["call_ids"] = calls = [];
        calls.Add((JsonNode)leg.Uuid.ToString());
        body["call_count"] = calls.Count;
        return true;
    }

    private static bool Set(JsonObject body, string name, JsonNode value)
    {
        body[name] = value;
        return true;
    }
}
