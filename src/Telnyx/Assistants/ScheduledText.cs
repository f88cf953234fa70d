using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Calls.Texts;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Jobs;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Store.Work;
using Ringwright.Telnyx.Messaging;

namespace Ringwright.Telnyx.Assistants;

/// <summary>
/// Sends the text of a scheduled event, under the job's own id, so once; the courier has it from there, and the event ends with it.
/// </summary>
internal sealed class ScheduledText(JobContext job, AssistantJobParts parts, ResourceRow row)
{
    private readonly string _to = row.Body.Text(ScheduledEvents.EndUser) ?? "", _from = row.Body.Text(ScheduledEvents.AgentTarget) ?? "";

    private Guid Text => job.Job.Id;

    /// <param name="isTooLate">What is not sent yet is not sent any more.</param>
    /// <exception cref="JobWaitsException">It goes on later.</exception>
    public async ValueTask SendAsync(bool isTooLate)
    {
        if (await parts.Store.Texts.FindAsync(job.Tenant, Text, job.Stop) is { } sent)
        {
            if (!sent.IsOver) throw new JobWaitsException(ScheduledRun.BetweenLooks, isCounted: false);
            await EndAsync(sent.State is TextState.SendingFailed or TextState.DeliveryFailed or TextState.Expired or TextState.Cancelled
                ? SnakeName.Of(sent.Fault ?? TextFault.Undeliverable) : null);
            return;
        }
        if (isTooLate) await EndAsync(ScheduledRun.Missed);
        else if (await RefusalAsync() is { } refusal) await EndAsync(refusal);
        else throw new JobWaitsException(ScheduledRun.BetweenLooks, isCounted: false);
    }

    /// <returns>Why it is not on its way; null when it is.</returns>
    private async ValueTask<string?> RefusalAsync()
    {
        var (routing, now) = (parts.Store.Routing.Current, parts.Store.Time.GetUtcNow());
        string assistant = row.Body.Text(ScheduledEvents.Assistant) ?? "";
        if (await AssistantRecords.Rows(parts.Store).FindAsync(job.Tenant, assistant, job.Stop) is not { } writer)
            return ScheduledRun.AssistantDeleted;
        if (routing.FindOwnNumber(_from) is not { MessagingProfile: { } profile } own || own.Tenant != job.Tenant)
            return SnakeName.Of(TextFault.SenderGone);
        if (await MessageFace.TermsAsync(parts.Store, job.Tenant, profile.ToString(), job.Stop) is not { IsEnabled: true } terms
            || !terms.Allows(E164.TryParse(_to, out var number) ? parts.Messaging.Plans.Classify(number).Country : null))
            return SnakeName.Of(TextFault.ProfileDisabled);
        if (parts.Messaging.Gate is { } gate)
        {
            var answer = await gate.AskAsync(new MessageAttempt { Tenant = job.Tenant, From = _from, To = _to });
            if (answer.Refusal is Refusal.Overloaded) throw new JobWaitsException(ScheduledRun.AfterBusy, isCounted: false);
            if (!answer.IsOpen) return answer.Rule ?? SnakeName.Of(answer.Refusal);
        }
        var conversation = await BeginAsync(now);
        if (conversation is null) return null;      // called off in this moment: nothing is sent
        var text = AssistantTexts.TextOf(Text, job.Tenant, terms, routing, _from, _to,
            terms.WordsOf(row.Body.Text(ScheduledEvents.Words) ?? ""), now);
        var allowance = await TextAllowance.OfAsync(routing.Rates.CreditsOf(job.Tenant), parts.Messaging.Holds, text.Cost,
            terms.DailyMicros, now, job.Stop);
        var message = ConversationMessages.Heard(job.Tenant, conversation, "assistant", text.Words, [], callId: null, now, now);
        var refused = await parts.Store.Texts.AddAsync(text, allowance,
            new UnitOfWork { Documents = AssistantAgent.KeepsNothing(writer.Body) ? [] : [new(ConversationMessages.Messages, message)] },
            job.Stop);
        if (refused is TextRefusal.DailyLimit) await ProfileSpendLimit.TellAsync(parts.Store, job.Tenant, terms, text.Cost, job.Stop);
        return refused is TextRefusal.None or TextRefusal.Repeated ? null : SnakeName.Of(refused);
    }

    /// <returns>The conversation; null when the event is not there any more.</returns>
    private async ValueTask<string?> BeginAsync(DateTimeOffset now)
    {
        string conversation = row.Body.Filled(ScheduledEvents.Conversation) ?? Guid.NewGuid().ToString();
        var begun = await ScheduledEvents.ChangeAsync(parts.Store, job.Tenant, row.Id, body =>
        {
            body[ScheduledEvents.Status] = ScheduledEvents.InProgress;
            body[ScheduledEvents.Conversation] = conversation;
            return true;
        }, new UnitOfWork
        {
            Documents = [ScheduledConversation.Write(row, Guid.Parse(conversation), version: null, now)],
        }, job.Stop);
        return begun is null ? null : conversation;
    }

    private ValueTask EndAsync(string? error) => ScheduledEvents.EndAsync(parts.Store, job.Tenant, row.Id, error, job.Stop);
}
