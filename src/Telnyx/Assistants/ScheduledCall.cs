using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Resources;

namespace Ringwright.Telnyx.Assistants;

/// <summary>
/// Commands the call of a scheduled event: makes the assistant ready while it rings, has it talk to whoever answers, and ends with it.
/// </summary>
public sealed class ScheduledCall : ICallProgram
{
    private const string Transferred = "transferred";
    /// <summary>Each try that fails is a change by somebody else.</summary>
    private const int Attempts = 20;

    /// <summary>Why a talk has ended, where that was a fault and no end of a conversation.</summary>
    private static readonly string[] Faults =
        [AgentEnd.NodeFailure, AgentEnd.NodeRestart, "provider_failure", "voice_failure", "recogniser_failure"];

    private readonly string _scheduled;
    private readonly Guid _conversation;
    private readonly AssistantParts _parts;

    private ScheduledCall(string scheduled, Guid conversation, AssistantParts parts) =>
        (_scheduled, _conversation, _parts) = (scheduled, conversation, parts);

    /// <summary>Null for an application that <see cref="ApplicationOf"/> did not write.</summary>
    public static ScheduledCall? Of(Application application, AssistantParts parts) =>
        application.Kind is ApplicationKind.Assistant && application.Target.Split(' ') is [var scheduled, var text]
            && Guid.TryParse(text, out var conversation) ? new(scheduled, conversation, parts) : null;

    internal static Application ApplicationOf(string scheduled, Guid conversation) =>
        new(ApplicationKind.Assistant, $"{scheduled} {conversation}");

    /// <summary>Null where a conversation has ended as conversations do.</summary>
    internal static string? ErrorOf(string reason) => Faults.Contains(reason) ? reason : null;

    public async ValueTask<ICallProgram?> RunAsync(IProgramCall call)
    {
        AgentTerms? terms = null;
        while (await call.NextAsync() is { } happened)
        {
            if (happened is CallEvent.LegInitiated)
            {
                (terms, string? fault) = await PrepareAsync(call);
                // It is hung up before anybody is there to hear nothing.
                if (terms is null) return await GiveUpAsync(call, fault!);      // one of the two is there
            }
            else if (happened is CallEvent.LegAnswered && terms is not null)
            {
                var ack = await call.SendAsync(new LegCommand.StartAgent(terms));
                if (!ack.IsAccepted) return await GiveUpAsync(call, SnakeName.Of(ack.Refusal));
            }
            else if (happened is CallEvent.AgentEnded ended && ended.Terms.Conversation == _conversation)
            {
                await EndAsync(call.Leg.Tenant, ErrorOf(ended.Reason));
                if (ended.Reason is Transferred) await call.SitOutAsync();
                return null;
            }
        }
        return null;
    }

    private async ValueTask<ICallProgram?> GiveUpAsync(IProgramCall call, string fault)
    {
        await EndAsync(call.Leg.Tenant, fault);
        await call.SendAsync(new LegCommand.Note(NoteKind.Warning, $"the assistant cannot talk: {fault}"));
        return null;
    }

    /// <summary>Whatever becomes of the call, this is written.</summary>
    private ValueTask EndAsync(TenantId tenant, string? error) =>
        ScheduledEvents.EndAsync(_parts.Store, tenant, _scheduled, error, CancellationToken.None);

    /// <summary>Puts the agent into the conversation, now that the call is known.</summary>
    private async ValueTask<(AgentTerms? Terms, string? Fault)> PrepareAsync(IProgramCall call)
    {
        var (tenant, rows) = (call.Leg.Tenant, ConversationRecords.Rows(_parts.Store));
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            if (await rows.FindAsync(tenant, _conversation.ToString(), call.Stop) is not { } row
                || row.Body.Child(ConversationRecords.Metadata) is not { } metadata
                || metadata.Filled(ScheduledEvents.Assistant) is not { } assistant
                || metadata.Filled("assistant_version_id") is not { } version
                || await _parts.Store.Legs.FindAsync(tenant, call.Leg.Id, call.Stop) is not { } leg)
                return (null, "its conversation is not there any more");
            if (await AssistantRecords.FindVersionAsync(tenant, assistant, version, _parts.Store, call.Stop) is not { } kept)
                return (null, "its version is not there any more");
            var chosen = new AgentOrders.Chosen(_conversation, assistant, version, AssistantBody.FieldsOf(kept.Body));
            string id = _parts.Voice.Ids.CallControl(tenant, leg.Id);
            var variables = CallVariables.Of(OrderedCall.Of(leg, id), row.Body.Child(ScheduledEvents.Variables));
            var (definition, fault) = await new AgentOrders(_parts).WriteAsync(tenant, chosen, id, variables, call.Stop);
            if (definition is null) return (null, fault);
            var body = row.Body.DeepClone().AsObject();
            body[ConversationRecords.Agent] = definition;
            body[ConversationRecords.Metadata]![ConversationRecords.CallId] = id;
            var after = row with { Body = body, UpdatedAt = _parts.Store.Time.GetUtcNow() };
            if (await rows.UpdateAsync(after, call.Stop) is WriteOutcome.Done)
                return (AgentOrders.TermsOf(chosen, []), null);
        }
        return (null, "its conversation is changed all the time");
    }
}
