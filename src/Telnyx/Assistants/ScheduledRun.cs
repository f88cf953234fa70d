using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Jobs;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Store.Work;

namespace Ringwright.Telnyx.Assistants;

/// <summary>
/// Has one scheduled event happen, once: a job that is due at its time. The call's first row is written only while the job is ours, and the
/// job has the leg with it; a text is written under the job's id. Whoever goes on after a kill finds what was made.
/// </summary>
internal sealed class ScheduledRun(JobContext job, AssistantJobParts parts)
{
    /// <summary>What could not be done so long after its time is not done any more.</summary>
    public static readonly TimeSpan Latest = TimeSpan.FromMinutes(15);

    /// <summary>Between two looks at a call that goes on, and before the next try where no line was free or nothing thinks.</summary>
    public static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(2), AfterBusy = TimeSpan.FromSeconds(5),
        WithoutModel = TimeSpan.FromMinutes(1);

    /// <summary>Why it was not done, where no gate and no far end says so.</summary>
    public const string Missed = "missed", AssistantDeleted = "assistant_deleted";

    private const string NoModel = "no_model", NoTalk = "assistant_failed";

    /// <summary>Of the event's document, and shown to nobody: why it was not done yet.</summary>
    private const string LastRefusal = "last_refusal";

    private readonly string _id = (string)job.Input[ScheduledEvents.Id]!;     // written with it

    private DateTimeOffset Now => parts.Store.Time.GetUtcNow();

    /// <exception cref="JobWaitsException">It goes on later.</exception>
    public async ValueTask<JsonObject?> RunAsync()
    {
        // It was called off, or its record was deleted: a call that is up goes on all the same.
        if (await ScheduledEvents.Rows(parts.Store).FindAsync(job.Tenant, _id, job.Stop) is not { } row
            || ScheduledEvents.IsOver(row.Body)) return job.Job.Result;
        if (JobMark.LegOf(job.Job) is { } leg) await FollowAsync(leg);
        else if (row.Body.Text(ScheduledEvents.Channel) is ScheduledEvents.PhoneCall) await CallAsync(row);
        else await new ScheduledText(job, parts, row).SendAsync(IsTooLate(row));
        return job.Job.Result;
    }

    private bool IsTooLate(ResourceRow row) => Now > ScheduledEvents.TimeOf(row.Body.Text(ScheduledEvents.At) ?? "") + Latest;

    private async ValueTask CallAsync(ResourceRow row)
    {
        if (IsTooLate(row))
        {
            await EndAsync(row.Body.Text(LastRefusal) ?? (parts.Assistants.Talk is null ? NoModel : Missed));
            return;
        }
        if (parts.Assistants.Talk is null) throw new JobWaitsException(WithoutModel, isCounted: false);
        string assistant = row.Body.Text(ScheduledEvents.Assistant) ?? "";
        // Of one that was begun before a kill, or that found no line, the conversation stays.
        var conversation = Guid.TryParse(row.Body.Text(ScheduledEvents.Conversation), out var known) ? known : Guid.NewGuid();
        var orders = new AgentOrders(parts.Assistants);
        if (await orders.DrawAsync(job.Tenant, assistant, conversation, job.Stop) is not { } chosen)
        {
            await EndAsync(AssistantDeleted);
            return;
        }
        // Nobody is rung by one that could not talk to him.
        var (_, fault) = await orders.WriteAsync(job.Tenant, chosen, call: "", row.Body.Child(ScheduledEvents.Variables) ?? [], job.Stop);
        if (fault is not null)
        {
            await EndAsync(fault);
            return;
        }
        if (await BeginAsync(row, conversation, chosen.Version) is not { } begun) return;      // called off in this moment
        var dialled = await parts.Calls.DialAsync(
            JobMark.On(RequestOf(begun, conversation), job.Job.Id, job.Token), CancellationToken.None);
        if (dialled.Ack.IsAccepted) throw new JobWaitsException(BetweenLooks, isCounted: false);
        await RefusedAsync(dialled);
    }

    /// <summary>From here on there is a conversation.</summary>
    private ValueTask<ResourceRow?> BeginAsync(ResourceRow row, Guid conversation, string? version) =>
        ScheduledEvents.ChangeAsync(parts.Store, job.Tenant, _id, body =>
        {
            if (ScheduledEvents.IsOver(body)) return false;
            body[ScheduledEvents.Status] = ScheduledEvents.InProgress;
            body[ScheduledEvents.Conversation] = conversation.ToString();
            return true;
        }, new UnitOfWork
        {
            Documents = [ScheduledConversation.Write(row, conversation, version, Now)],
        }, job.Stop);

    /// <summary>
    /// By the application of its number where that may call, which then hears of the call; else it is told to nobody, and the account's
    /// default profile lets it out.
    /// </summary>
    private DialRequest RequestOf(ResourceRow row, Guid conversation)
    {
        var (routing, from) = (parts.Store.Routing.Current, row.Body.Text(ScheduledEvents.AgentTarget) ?? "");
        var connection = routing.FindOwnNumber(from) is { Connection: { } of } number && number.Tenant == job.Tenant
            && routing.FindConnection(job.Tenant, of) is { Kind: ConnectionKind.CallControl, OutboundProfile: not null } ? of : default;
        return new()
        {
            Tenant = job.Tenant, Connection = connection, From = from, To = row.Body.Text(ScheduledEvents.EndUser) ?? "",
            Application = ScheduledCall.ApplicationOf(_id, conversation),
        };
    }

    private async ValueTask RefusedAsync(Dialled dialled)
    {
        string why = dialled.Rule ?? SnakeName.Of(dialled.Ack.Refusal);
        // Its first row was not written. Where the job is somebody else's by now, so is the event.
        if (dialled.Ack.Refusal is Refusal.LedgerUnavailable) throw new JobWaitsException(AfterBusy, isCounted: false);
        if (!IsOfThisMoment(dialled.Ack.Refusal))
        {
            await EndAsync(why);
            return;
        }
        await ScheduledEvents.ChangeAsync(parts.Store, job.Tenant, _id, body =>
        {
            if (ScheduledEvents.IsOver(body)) return false;
            body[ScheduledEvents.Status] = ScheduledEvents.Pending;
            body[ScheduledEvents.RetryCount] = (body.Whole(ScheduledEvents.RetryCount) ?? 0) + 1;
            body[LastRefusal] = why;
            return true;
        }, beside: null, job.Stop);
        throw new JobWaitsException(AfterBusy, isCounted: false);
    }

    /// <summary>Something is full or away, and nobody was rung: the try is given back, as a campaign's is.</summary>
    private static bool IsOfThisMoment(Refusal refusal) => refusal.IsOfRoom() || refusal is Refusal.NoRoute or Refusal.Overloaded
        or Refusal.NoMediaPort or Refusal.MediaAway or Refusal.Draining or Refusal.DuplicateRequest or Refusal.Withdrawn;

    /// <summary>The end of its talk is told by what talks; here is seen what came to no talk, and what a crash has ended.</summary>
    private async ValueTask FollowAsync(LegId id)
    {
        if (await parts.Store.Legs.FindAsync(job.Tenant, id, job.Stop) is not { } leg)
        {
            await EndAsync(NoTalk);
            return;
        }
        if (leg.IsAlive) throw new JobWaitsException(BetweenLooks, isCounted: false);
        var talk = (await parts.Store.Events.ListLegAsync(job.Tenant, id, job.Stop)).Select(row => row.ToEvent())
            .OfType<CallEvent.AgentEnded>().LastOrDefault();
        await EndAsync(talk is not null ? ScheduledCall.ErrorOf(talk.Reason) : leg.AnsweredAt is not null ? NoTalk : WordOf(leg.Cause));
    }

    private static string WordOf(HangupCause? cause) => cause switch
    {
        HangupCause.CalleeBusy => ScheduledEvents.Busy,
        HangupCause.RingTimeout or HangupCause.RemoteTimeout => ScheduledEvents.NoAnswer,
        { } other => SnakeName.Of(other),
        null => NoTalk,
    };

    private ValueTask EndAsync(string? error) => ScheduledEvents.EndAsync(parts.Store, job.Tenant, _id, error, job.Stop);
}
