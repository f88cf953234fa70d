using System.Text.Json.Nodes;
using Ringwright.Agency.Batches;
using Ringwright.Agency.Calling;
using Ringwright.Agency.Privacy;
using Ringwright.Agency.Tables;
using Ringwright.Calls;
using Ringwright.Campaigns.Dialling;
using Ringwright.Campaigns.Windows;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Talking;

/// <summary>Talks of agents on the calls of their batches: who talks in them, and what was said.</summary>
public sealed class AgencyTalks(Database store)
{
    /// <summary>The name of the program that answers calls to numbers that are assigned to agents.</summary>
    public const string Line = "agency_agent";

    private readonly AgentTable _agents = new(store);
    private readonly AgencyNumberTable _numbers = new(store);
    private readonly ToolTable _tools = new(store);
    private readonly TurnTable _turns = new(store);
    private readonly TenancyTable _tenancy = new(store);
    private readonly ContactTable _contacts = new(store);
    private readonly BatchTable _batches = new(store);
    private readonly CallNoteTable _notes = new(store);

    /// <summary>Who answers whom: the agent to whom the number is assigned that the caller has dialled.</summary>
    /// <param name="hasModel">A language model thinks for agents that have no steps.</param>
    public async ValueTask<NumberAnswer> AnswerOfAsync(LegFacts leg, bool hasModel, CancellationToken stop)
    {
        var agency = AgencyOf(leg);
        var number = await _numbers.FindHeldAsync(agency, leg.Tenant, leg.To, stop);
        if (number is not { Agent: { } id } || await _agents.FindAsync(agency, id, stop) is not { } agent)
            return new(null, IsUnassigned: true, UnassignedNumber.TextOf((await _tenancy.AgencyAsync(agency, stop)).Settings));
        bool talks = number.Status is AgencyNumber.Active && (agent.Script is not null || hasModel && agent.SystemPrompt is not null);
        return new(talks ? id : null, IsUnassigned: false);
    }

    /// <summary>How an agent thinks at this moment: whoever runs the agency may change it while its batches run.</summary>
    /// <param name="leg">A call that the agent is to talk on.</param>
    /// <returns>
    /// Whether it thinks by steps and needs no model, and whether it asks for keys: none of them is the one by which somebody wants no more
    /// calls then. Neither for one that is gone.
    /// </returns>
    public async ValueTask<(bool IsScripted, bool TakesKeys)> FormOfAsync(Guid agent, LegFacts leg, CancellationToken stop)
    {
        var row = await _agents.FindAsync(AgencyOf(leg), agent, stop);
        return row is null ? default : (row.Script is not null, AgentSteps.TakesKeys(row));
    }

    /// <summary>What is said before the words of a call in which nobody talks, in which whoever was called hears them alone.</summary>
    /// <param name="campaign">A batch's, or one of another API's.</param>
    /// <param name="target">Who is called; null where he is gone.</param>
    public async ValueTask<CampaignOpening> OpeningOfAsync(Guid campaign, Target? target, LegFacts leg, CancellationToken stop)
    {
        var agency = AgencyOf(leg);
        if (await _batches.FindAsync(agency, campaign, stop) is not { } batch
            || await _agents.FindAsync(agency, batch.AgentMappingId, stop) is not { } agent) return CampaignOpening.None;
        var own = await _tenancy.AgencyAsync(agency, stop);
        var of = leg.Tenant == agency ? null : await _tenancy.ClientAsync(agency, leg.Tenant.ToString(), stop);
        var (all, identity) = MessageOpening.Of(own.Settings, agent.LanguageHint, of?.Name ?? own.Name, leg.From, leg.To);
        var now = store.Time.GetUtcNow();
        return new(all, identity, await _contacts.HasMessageAsync(agency, campaign, leg.To, stop),
            WordsOf(target, leg, now, ClocksOf(target, leg, now)));
    }

    /// <summary>Called once for each talk, when it begins.</summary>
    /// <param name="attempt">By which somebody was called.</param>
    /// <returns>
    /// The agent as agents of files are written, without its model, and how warm that is to be, null for one that thinks by steps and has
    /// none; or why nobody talks.
    /// </returns>
    public async ValueTask<(JsonObject? Definition, double? Temperature, string? Fault)> OpenAsync(Guid agent, Guid attempt, LegFacts leg,
        CancellationToken stop)
    {
        var agency = AgencyOf(leg);
        if (await _agents.FindAsync(agency, agent, stop) is not { } row || row is { SystemPrompt: null, Script: null })
            return (null, null, "the agent is gone, or has neither instructions nor a script any more");
        var tools = new List<ToolRow>();
        foreach (var id in JsonNode.Parse(row.Tools)!.AsArray())
            if (Guid.TryParse((string?)id, out var tool) && await _tools.FindAsync(agency, tool, stop) is { } found) tools.Add(found);
        var dialled = await store.DialAttempts.FindAsync(leg.Tenant, attempt, stop);
        var target = dialled is null ? null : await store.Targets.FindAsync(leg.Tenant, dialled.List, dialled.Target, stop);
        // One message of a campaign is enough.
        if (row.VoicemailPolicy is AgentRow.LeaveMessage && dialled is not null
            && await _contacts.HasMessageAsync(agency, dialled.Campaign, dialled.Number, stop))
            row = row with { VoicemailPolicy = AgentRow.HangUp };
        string? client = leg.Tenant == agency ? null : leg.Tenant.ToString();
        // A client has its row before anything refers to it.
        var of = client is null ? null : await _tenancy.ClientAsync(agency, client, stop);
        var own = await _tenancy.AgencyAsync(agency, stop);
        var now = store.Time.GetUtcNow();
        bool isInbound = leg.Direction is Direction.Inbound;
        await _turns.BeginAsync(agency, client, AgencyCall.DirectionOf(leg.Direction), leg.Uuid.ToString(), Times.Cut(now), stop,
            isInbound ? agent : null);
        string? disclosure = leg.Direction is Direction.Outbound
            ? Disclosure.Of(own.Settings, row.LanguageHint, of?.Name ?? own.Name) : null;
        string? notice = RecordingNotice.Of(own.Settings, row.LanguageHint, leg.From, leg.To);
        string? clocks = ClocksOf(target, leg, now);
        var known = WordsOf(target, leg, now, clocks);
        string clock = ContactZones.Said(now, clocks);
        if (AgentSteps.Of(row) is { } script)
            return (TalkDefinition.OfSteps(row, script, known, disclosure, isInbound, notice), null, null);
        return (TalkDefinition.Of(row, tools, known, disclosure, isInbound, notice, clock), TalkDefinition.TemperatureOf(row), null);
    }

    /// <summary>Called one after the other, in the order in which it was heard.</summary>
    /// <param name="role">user, assistant or tool.</param>
    /// <param name="calls">Id, name and arguments of the tools that an assistant's message calls.</param>
    /// <param name="callId">Of a tool: the call that it answers.</param>
    /// <param name="at">When it began to be heard; of a person, when that was over.</param>
    /// <param name="takesKeys">The agent asks for keys, and none puts anybody onto a list.</param>
    /// <param name="took">Of a tool: how long it ran; null where nobody knows.</param>
    public async ValueTask KeepAsync(LegFacts leg, string role, string text,
        IReadOnlyList<(string Id, string Name, string Arguments)> calls, string? callId, DateTimeOffset at, bool takesKeys = false,
        TimeSpan? took = null)
    {
        // The key by which somebody wants no more calls is on the list that it put him on: he has said nothing.
        if (role is "user" && text == TurnRow.OptOutKey && !takesKeys) return;
        var agency = AgencyOf(leg);
        // Nothing is written that the agency has cut out.
        var redactor = Redactor.Of((await _tenancy.AgencyAsync(agency, CancellationToken.None)).Settings, leg.From, leg.To);
        string Kept(string said) => redactor?.Cut(said) ?? said;
        var turn = new TurnRow { Body = Kept(text), SaidAt = Times.Cut(at) };
        var turns = new List<TurnRow>();
        if (role is "tool")
            turns.Add(turn with
            {
                Role = TurnRow.ToolResult,
                InvocationId = callId,
                HasFailed = ToolResults.HaveFailed(text),
                Took = took,
            });
        else if (role is "user") turns.Add(turn);
        else if (text.Length > 0) turns.Add(turn with { Role = TurnRow.Agent });
        turns.AddRange(calls.Select(call => turn with
        {
            Role = TurnRow.ToolCall,
            Body = Kept(call.Arguments),
            Tool = call.Name,
            InvocationId = call.Id,
        }));
        await _turns.AddAsync(agency, leg.Uuid.ToString(), turns, CancellationToken.None);
    }

    /// <summary>A person has spoken, and the recogniser has understood nothing of it.</summary>
    public ValueTask KeepUnheardAsync(LegFacts leg, DateTimeOffset at) => _turns.AddAsync(AgencyOf(leg), leg.Uuid.ToString(),
        [new() { Body = TurnRow.Unrecognised, SaidAt = Times.Cut(at) }], CancellationToken.None);

    /// <summary>What the agent's steps say that the call came to: it is the call's disposition, unless a person says another.</summary>
    public async ValueTask KeepOutcomeAsync(LegFacts leg, string outcome)
    {
        var agency = AgencyOf(leg);
        if (outcome is AgentSteps.OptedOut) await OptOutAsync(leg);
        await _notes.SayOutcomeAsync(agency, leg.Tenant == agency ? null : leg.Tenant.ToString(), AgencyCall.DirectionOf(leg.Direction),
            leg.Uuid.ToString(), outcome, Times.Cut(store.Time.GetUtcNow()), CancellationToken.None);
    }

    /// <summary>Whoever was called is not called again, by the client or the agency whose call it is.</summary>
    /// <returns>False where there is no number to keep.</returns>
    public async ValueTask<bool> OptOutAsync(LegFacts leg)
    {
        if (!E164.TryParse(leg.Direction is Direction.Outbound ? leg.To : leg.From, out var number)) return false;
        var now = store.Time.GetUtcNow();
        await store.DoNotCall.AddAsync(
        [
            DoNotCallEntry.Asked(leg.Tenant, number.Text, DoNotCallSource.Agent, "an agent", leg.Uuid,
                $"Asked for it in the call of {now:yyyy-MM-dd HH:mm:ss} UTC.", now),
        ], _ => null, CancellationToken.None);
        return true;
    }

    /// <summary>Whoever was called wants to be called again: when this call is over, as if a person had said so.</summary>
    /// <param name="attempt">By which he was called.</param>
    /// <param name="at">As the agent has written it.</param>
    /// <returns>What came of it, for the agent.</returns>
    public async ValueTask<string> CallBackAsync(Guid attempt, LegFacts leg, string at)
    {
        var (agency, stop, now) = (AgencyOf(leg), CancellationToken.None, store.Time.GetUtcNow());
        int days = ContactCallbacks.FarthestAhead.Days;
        if (AgencyText.Moment(at) is not { } moment || !ContactCallbacks.IsNear(moment, now))
            return $"Not done: at is a moment within the next {days} days; now it is {AgencyText.Time(now)}.";
        // The clock of whoever was called, that of the agency, or UTC's: nobody knows which one a model means.
        if (!AgencyText.HasOffset(at))
            return $"Not done: at needs its offset from UTC, as in 2026-02-20T10:00:00+01:00; now it is {AgencyText.Time(now)}.";
        // Whom a batch calls has the same id for whoever dials.
        var contact = await store.DialAttempts.FindAsync(leg.Tenant, attempt, stop) is { } dialled
            ? await _contacts.FindAsync(agency, dialled.Target, stop) : null;
        var batch = contact?.BatchId is { } id ? await _batches.FindAsync(agency, id, stop) : null;
        if (batch is null or { IsOver: true }) return "Not done: nobody is called from here any more.";
        return await _contacts.CallBackAsync(agency, contact!.Id, Times.Cut(moment), now, note: null, stop) switch     // it has a batch
        {
            true => "Done. Say when the call will come, and end the call.",
            false => "Not done: this person was called again as often as may be.",
            null => "Not done: nobody is called from here any more.",
        };
    }

    private static Dictionary<string, string> WordsOf(Target? target, LegFacts leg, DateTimeOffset now, string? clocks) =>
        TalkVariables.Of(target, leg.From, leg.To, now, clocks, leg.Direction is Direction.Inbound);

    /// <summary>What the clocks say where the person may be; null where nobody knows.</summary>
    private static string? ClocksOf(Target? target, LegFacts leg, DateTimeOffset now) =>
        RecipientZones.Where(target?.TimeZone, leg.Direction is Direction.Inbound ? leg.From : leg.To)?.ClocksAt(now);

    private TenantId AgencyOf(LegFacts leg) => store.Routing.Current.FindTenant(leg.Tenant)?.Parent ?? leg.Tenant;
}
