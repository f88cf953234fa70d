using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Resources;
using Ringwright.Voipbin.Activeflows;
using Ringwright.Voipbin.Calling;

namespace Ringwright.Voipbin.Queueing;

/// <summary>One caller's time in a queue: he waits, agents are rung for him one after the other, he talks to the one who answers.</summary>
internal sealed class QueueStay(CallWork work, IProgramCall call, QueuedCaller caller, Func<IProgramCall, ValueTask>? waitFlow,
    Func<CancellationToken, ValueTask<SubjectEvent?>>? read)
{
    private static readonly TimeSpan AgentRings = TimeSpan.FromSeconds(30), LeftAlone = TimeSpan.FromSeconds(5),
        Again = TimeSpan.FromSeconds(1);

    private readonly WaitingSound _sound = new(call, waitFlow, work.Time);
    /// <summary>What is read of the call at this moment, and not here yet.</summary>
    private Task<SubjectEvent?>? _read;
    private Task<QueuedNews>? _note;
    /// <summary>Whom he is joined to, as far as his call was read; and by which leg an agent of the queue has talked to him.</summary>
    private LegId? _with, _agent;
    /// <summary>Has no timer, so nothing of it must be disposed.</summary>
    private readonly CancellationTokenSource _givenUp = new();
    private bool _isOver;

    /// <summary>Until then an agent must talk to him; null for no limit but the queue's.</summary>
    public DateTimeOffset? By { get; init; }

    public async ValueTask<QueueJoinEnd> RunAsync()
    {
        QueueJoinEnd end;
        try
        {
            await _sound.StartAsync();
            end = await WaitAsync();
        }
        finally
        {
            try
            {
                await _sound.StopAsync();
                foreach (var agent in await caller.CloseAsync(_note)) await FreeAsync(agent);
            }
            finally
            {
                // Whoever sweeps says that he is out, where it cannot be written now: his call goes on.
                await IfThereIsAsync(() => work.Floor.LeaveAsync(caller, work.Time.GetUtcNow()));
            }
        }
        if (end is QueueJoinEnd.Served) await AloneAsync();
        await HandBackAsync();
        return _isOver ? QueueJoinEnd.CallerGone : end;
    }

    private async ValueTask<QueueJoinEnd> WaitAsync()
    {
        var ofQueue = LimitOf("wait_timeout", caller.Row.CreatedAt);
        var limit = By < ofQueue || ofQueue is null ? By : ofQueue;
        while (true)
        {
            switch (await NextAsync(other: null, limit))
            {
                case StayEvent.Over:
                    return QueueJoinEnd.CallerGone;
                case StayEvent.Late:
                    return limit == By ? QueueJoinEnd.Abandoned : QueueJoinEnd.WaitTimeout;
                case StayEvent.Told { News: QueuedNews.Kicked }:
                    return QueueJoinEnd.Kicked;
                case StayEvent.Told { News: QueuedNews.QueueGone }:
                    return QueueJoinEnd.NoQueue;
                case StayEvent.Told { News: QueuedNews.Matched matched }:
                    if (await RingAsync(matched.Agent) is { } end) return end;
                    await work.Floor.WaitAsync(caller);
                    break;
                default:
                    break;      // of the call, and nothing that ends his stay
            }
        }
    }

    /// <returns>Null when the agent has not answered: he waits on.</returns>
    private async ValueTask<QueueJoinEnd?> RingAsync(ResourceRow agent)
    {
        RingGroup? group = null;
        bool isHeld = true;
        try
        {
            // Without a row there is no group: he waits on.
            if (!await IfThereIsAsync(async () => group = await BeginAsync(agent)) || group is null) return null;
            while (true)
            {
                switch (await NextAsync(group.Answered, By))
                {
                    case StayEvent.Over:
                        return QueueJoinEnd.CallerGone;
                    case StayEvent.Late:
                        return QueueJoinEnd.Abandoned;
                    case StayEvent.Told { News: QueuedNews.Kicked }:
                        return QueueJoinEnd.Kicked;
                    case StayEvent.Other when await group.Answered is { } leg:
                        isHeld = false;
                        return await ServeAsync(agent, group, leg);
                    case StayEvent.Other:
                        caller.Tried[agent.Id] = work.Time.GetUtcNow() + LeftAlone;
                        return null;
                    default:
                        break;
                }
            }
        }
        finally
        {
            if (group is not null)
            {
                group.Dismiss();
                await group.Done;
            }
            // Should he have answered in that moment, he was let go at once.
            if (isHeld) await FreeAsync(agent);
            else await IfThereIsAsync(() => work.Presence.RestAsync(agent.Tenant, agent.Id, caller.Id, CancellationToken.None));
        }
    }

    private async ValueTask<QueueJoinEnd> ServeAsync(ResourceRow agent, RingGroup group, LegFacts leg)
    {
        _agent = leg.Id;
        await _sound.StopAsync();
        var now = work.Time.GetUtcNow();
        bool isWritten = await TryWriteServiceAsync(agent, now);
        var end = await TalkAsync(group, leg, LimitOf("service_timeout", now));
        if (!isWritten) await TryWriteServiceAsync(agent, now);
        return end;
    }

    private async ValueTask<QueueJoinEnd> TalkAsync(RingGroup group, LegFacts leg, DateTimeOffset? limit)
    {
        bool isJoined = _with == leg.Id;
        while (true)
        {
            switch (await NextAsync(group.Done, limit))
            {
                case StayEvent.Over:
                    return QueueJoinEnd.CallerGone;
                case StayEvent.OfCall { Event: CallEvent.LegBridged joined } when !isJoined:
                    isJoined = joined.Peer == leg.Id;
                    break;
                case StayEvent.OfCall { Event: CallEvent.LegBridged joined } when joined.Peer != leg.Id:
                case StayEvent.OfCall { Event: CallEvent.LegUnbridged parted } when parted.Peer == leg.Id:
                case StayEvent.Other:
                    return QueueJoinEnd.Served;
                case StayEvent.Late:
                    return QueueJoinEnd.ServiceTimeout;
                case StayEvent.Told { News: QueuedNews.Kicked }:
                    return QueueJoinEnd.Kicked;
                default:
                    break;
            }
        }
    }

    /// <summary>
    /// Whom the agent has handed on stays with whom he is joined to, and whom he is handing on when he leaves waits for that: his program
    /// goes on, and may hang him up, when he is alone.
    /// </summary>
    private async ValueTask AloneAsync()
    {
        while (!_isOver && _with is { } peer)
        {
            var next = _read ??= ReadAsync();
            try
            {
                // Of an agent who has left it is told what comes of that, unless somebody else has taken the caller elsewhere.
                if (peer == _agent) await next.WaitAsync(FlowLimits.Referral, work.Time);
                Take(await next);
            }
            catch (TimeoutException)
            {
                return;
            }
        }
    }

    /// <returns>False where it could not be written: two who talk are not parted for that.</returns>
    private async ValueTask<bool> TryWriteServiceAsync(ResourceRow agent, DateTimeOffset at)
    {
        try
        {
            await work.Presence.ServeAsync(agent.Tenant, agent.Id, caller.Id, TimeOf("wrap_up_timeout"), CancellationToken.None);
            await work.Floor.ServeAsync(caller, at);
            return true;
        }
        catch (Exception failed) when (failed is not OutOfMemoryException)
        {
            work.Parts.Log.ServiceNotWritten(failed, caller.Id);
            return false;
        }
    }

    /// <summary>
    /// All of the agent's addresses, as he wants to be rung. He is shown whom he will talk to; where that number may not be shown, the one
    /// by which the account called it, or was called.
    /// </summary>
    private async ValueTask<RingGroup> BeginAsync(ResourceRow agent)
    {
        var (leg, routing) = (call.Leg, work.Parts.Store.Routing.Current);
        bool isDialled = leg.Direction is Direction.Outbound;
        // That of a call out is what whoever was called has been shown: the account's own.
        string? name = isDialled ? null : leg.CallerName;
        var terms = new RingTerms
        {
            Tenant = leg.Tenant,
            To = [.. (agent.Body["addresses"] as JsonArray ?? []).OfType<JsonObject>()
                .Select(address => AgentAddress.Dial(address, leg.Tenant, routing, work.Parts.SipHome)).OfType<string>()
                .Distinct(StringComparer.OrdinalIgnoreCase)],
            IsLinear = (string?)agent.Body["ring_method"] is "linear",
            Template = new()
            {
                Tenant = leg.Tenant, Connection = default, To = "", From = isDialled ? leg.To : leg.From, BroughtCaller = leg.BroughtCaller,
                CallerName = name, RingTimeout = AgentRings, Session = leg.Session,
                Labels = Labels.Of((CallLabels.Master, leg.Uuid.ToString())),
                Link = new(leg.Id) { JoinsOnAnswer = true, ParksOther = true },
            },
        };
        var row = await work.Groupcalls.AddAsync(leg.Tenant, Calling.Groupcalls.NewBody(terms), CancellationToken.None);
        var group = new RingGroup(work, terms, row, async request =>
        {
            var dialled = await call.DialAsync(request);
            return dialled.Ack.Refusal is not Refusal.CallerIdNotOwned ? dialled
                : await call.DialAsync(request with { From = isDialled ? leg.From : leg.To, CallerName = name ?? PartyOf(leg) });
        });
        group.Start();
        return group;
    }

    /// <summary>Whom the agent will talk to, in words: the number, or what stands before the host.</summary>
    private static string PartyOf(LegFacts leg)
    {
        string party = leg.Direction is Direction.Outbound ? leg.To : leg.From;
        int begin = party.IndexOf(':', StringComparison.Ordinal) + 1, end = party.IndexOf('@', begin);
        return end < 0 ? party[begin..] : party[begin..end];
    }

    private async ValueTask FreeAsync(ResourceRow agent)
    {
        if (!await IfThereIsAsync(() => work.Presence.ReleaseAsync(agent.Tenant, agent.Id, caller.Id, CancellationToken.None)))
            caller.ToFree.Enqueue(agent.Id);
    }

    /// <returns>False when there is no database at the moment: nobody's call ends for that.</returns>
    private static async ValueTask<bool> IfThereIsAsync(Func<ValueTask> write)
    {
        try
        {
            await write();
            return true;
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }

    private DateTimeOffset? LimitOf(string field, DateTimeOffset from) => from + TimeOf(field);

    /// <summary>Of the queue; null for none.</summary>
    private TimeSpan? TimeOf(string field) =>
        (long?)caller.Queue.Body[field] is > 0 and var milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null;

    /// <summary>The next that happens; what the call says goes to what is heard, too.</summary>
    private async ValueTask<StayEvent> NextAsync(Task? other, DateTimeOffset? limit)
    {
        if (_isOver) return StayEvent.Ended;
        _read ??= ReadAsync();
        _note ??= caller.News.ReadAsync().AsTask();
        var all = new List<Task>(4) { _read, _note };
        if (other is not null) all.Add(other);
        using var late = new CancellationTokenSource();
        if (limit is { } at)
        {
            var left = at - work.Time.GetUtcNow();
            if (left <= TimeSpan.Zero && !all.Exists(task => task.IsCompleted)) return StayEvent.TooLate;
            all.Add(Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, work.Time, late.Token));
        }
        await Task.WhenAny(all);
        await late.CancelAsync();
        if (_read.IsCompleted)
        {
            var happened = Take(await _read);
            return _isOver ? StayEvent.Ended : new StayEvent.OfCall(happened!);      // the end is null
        }
        if (_note.IsCompleted)
        {
            var news = await _note;
            _note = null;
            return new StayEvent.Told(news);
        }
        return other is { IsCompleted: true } ? StayEvent.Else : StayEvent.TooLate;
    }

    private Task<SubjectEvent?> ReadAsync() => read is null ? call.NextAnyAsync().AsTask() : read(_givenUp.Token).AsTask();

    /// <summary>It is read.</summary>
    private SubjectEvent? Take(SubjectEvent? happened)
    {
        _read = null;
        _isOver = happened is null or CallEvent.LegEnded;
        if (happened is CallEvent.LegBridged joined) _with = joined.Peer;
        else if (happened is CallEvent.LegUnbridged parted && parted.Peer == _with) _with = null;
        if (happened is not null) _sound.Tell(happened);
        return happened;
    }

    /// <summary>The program reads on behind what was read here: a note on the call says where that is.</summary>
    private async ValueTask HandBackAsync()
    {
        if (_read is null || _isOver) return;
        if (read is not null)
        {
            await _givenUp.CancelAsync();
            // What came in that moment is his who leaves.
            await ((Task)_read).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _isOver = _read is { IsCompletedSuccessfully: true, Result: null or CallEvent.LegEnded };
            return;
        }
        string text = $"The call has left the queue ({caller.Id}).";
        try
        {
            while (await call.SendAsync(new LegCommand.Note(NoteKind.Step, text)) is { Refusal: Refusal.Overloaded })
                await call.WaitAsync(Again);
        }
        catch (OperationCanceledException)
        {
            // Its end is what is read next.
        }
        while (!_isOver)
        {
            var happened = await (_read ?? call.NextAnyAsync().AsTask());
            _read = null;
            _isOver = happened is null or CallEvent.LegEnded;
            if (happened is CallEvent.Noted noted && noted.Text == text) return;
        }
    }

    private abstract record StayEvent
    {
        public static readonly StayEvent Ended = new Over(), TooLate = new Late(), Else = new Other();

        public sealed record Over : StayEvent;

        public sealed record Late : StayEvent;

        public sealed record Other : StayEvent;

        public sealed record Told(QueuedNews News) : StayEvent;

        public sealed record OfCall(SubjectEvent Event) : StayEvent;
    }
}
