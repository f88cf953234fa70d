using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ringwright.Calls;
using Ringwright.Campaigns.Dialling;
using Ringwright.Core;
using Ringwright.Programs;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Server.Modules;

/// <summary>
/// Says a campaign's message to whoever has answered, or has the campaign's agent talk with him, and hangs up. Whoever presses 9, during
/// it or within some seconds of a message, is put onto the account's do-not-call list, and told so, unless the agent asks for keys. Of a
/// machine that has answered becomes what the campaign says, where somebody finds out.
/// </summary>
/// <param name="hasModel">A language model thinks for agents that have no steps.</param>
/// <param name="formOf">Whether an agent thinks by steps, and whether it asks for keys, as it is now.</param>
/// <param name="openingOf">What is said before the campaign's own words, and what all of these may put in.</param>
internal sealed partial class CampaignMessage(Database store, TimeProvider time, bool hasModel,
    Func<Guid, LegFacts, CancellationToken, ValueTask<(bool IsScripted, bool TakesKeys)>> formOf,
    Func<Guid, Target?, LegFacts, CancellationToken, ValueTask<CampaignOpening>> openingOf) : ICallProgram
{
    private const char OptOut = '9';
    /// <summary>Of what is said at once.</summary>
    private const int LongestText = 3_000;
    private static readonly TimeSpan ForKey = TimeSpan.FromSeconds(4);

    public async ValueTask<ICallProgram?> RunAsync(IProgramCall call)
    {
        if (call.Leg.AnsweredAt is null && await call.NextAsync<CallEvent.LegAnswered>() is null) return null;
        var (campaign, target, attempt) = await FindAsync(call);
        if (campaign is null) return null;      // gone meanwhile: the host hangs up
        var terms = CampaignTerms.Read(campaign.Terms);
        if (terms.Agent is { } agent && attempt is not null)
        {
            // Asked on each call: what an agent was when its batch was made is not what talks now.
            var (isScripted, takesKeys) = await formOf(agent, call.Leg, call.Stop);
            if ((hasModel || isScripted)
                && await TalkAsync(call, CampaignAgent.TermsOf(attempt.Id, agent, takesKeys), attempt, terms.Machines))
                return null;   // the host hangs up
        }
        var opening = await openingOf(campaign.Id, target, call.Leg, call.Stop);
        string Filled(string text) => opening.Words is { } words ? Fill(text, words) : Fill(text, target);
        string? Before(string? said) => said is null ? null : Filled(said);
        var (asked, who) = await AskAsync(call, Behind(Before(opening.All), Filled(terms.Message ?? "")), terms.Language);
        if (who is MachineVerdict.Machine or MachineVerdict.Fax && terms.Machines is { } machines && attempt is not null)
        {
            var message = machines.Message is { } text && who is MachineVerdict.Machine
                ? Speech(Behind(Before(opening.Identity), Filled(text)), terms.Language) : null;
            var machine = new CampaignMachine(store, machines, attempt);
            if (opening.HasMessage && machines.Message is not null && who is MachineVerdict.Machine)
                await machine.EndAsync(call, machines.Reason);
            else await machine.TakeAsync(call, message);
            return null;
        }
        if (asked == OptOut && attempt is not null)
        {
            await ListAsync(call, attempt);
            await ConfirmAsync(call);
        }
        await call.SendAsync(new LegCommand.Hangup { Evidence = "The campaign's message has been said." });
        return null;
    }

    /// <summary>Until the talk is over, and what came of it where somebody was handed on.</summary>
    /// <returns>False where nobody can talk.</returns>
    private async ValueTask<bool> TalkAsync(IProgramCall call, AgentTerms terms, DialAttempt attempt, MachineTerms? machines)
    {
        var ack = await call.SendAsync(new LegCommand.StartAgent(terms));
        if (!ack.IsAccepted)
        {
            await call.SendAsync(new LegCommand.Note(NoteKind.Warning, $"the agent cannot talk: {SnakeName.Of(ack.Refusal)}"));
            return false;
        }
        bool isAsked = false, takesKeys = CampaignAgent.TakesKeys(terms);
        while (await call.NextAsync() is { } happened)
        {
            if (happened is CallEvent.DigitReceived { Digit: OptOut } && !isAsked && !takesKeys)
            {
                isAsked = true;
                await ListAsync(call, attempt);
                await call.SendAsync(new LegCommand.StopAgent { Conversation = terms.Conversation });
            }
            if (happened is not CallEvent.AgentEnded ended || ended.Terms.Conversation != terms.Conversation) continue;
            if (ended.Reason is AgentEnd.Transferred) await call.SitOutAsync();
            else if (ended.Reason is AgentEnd.Voicemail && machines is not null)
                await new CampaignMachine(store, machines, attempt).EndAsync(call, machines.Reason);
            else if (isAsked) await ConfirmAsync(call);
            return true;
        }
        return true;
    }

    private static async ValueTask ConfirmAsync(IProgramCall call) =>
        await AskAsync(call, "You will not be called again.", "en-US", TimeSpan.FromMilliseconds(1));

    /// <summary>
    /// <c>{name}</c> is the target's; each other <c>{word}</c> that member of its data, where that is an object. Between two braces it may
    /// be any word, and say what stands there where there is none.
    /// </summary>
    internal static string Fill(string message, Target? target)
    {
        var data = target?.ReadData();
        return Fill(message, Find);

        string? Find(string word) => word is "name" && target?.Name is { Length: > 0 } name ? name
            : data?[word] is JsonValue value ? value.ToString() : null;
    }

    /// <summary>The same, by words that an agent's talk would know.</summary>
    internal static string Fill(string message, IReadOnlyDictionary<string, string> words) =>
        Fill(message, word => words.GetValueOrDefault(word));

    private static string Fill(string message, Func<string, string?> find) =>
        Placeholder().Replace(message, match => TextMark.ValueOf(match.Groups["word"].Value, find));

    /// <summary>Where there is nothing to say, nothing is said before it.</summary>
    internal static string Behind(string? opening, string text) =>
        opening is null || text.Length == 0 ? text : Clipped.Of($"{opening} {text}", LongestText);

    private async ValueTask<(Campaign?, Target?, DialAttempt?)> FindAsync(IProgramCall call)
    {
        var tenant = call.Leg.Tenant;
        if (!Guid.TryParse(call.Leg.Application.Target, out var id)) return default;
        var campaign = await store.Campaigns.FindAsync(tenant, id, call.Stop);
        var attempt = Guid.TryParse(AttemptMark.Of(call.Leg), out var marked)
            ? await store.DialAttempts.FindAsync(tenant, marked, call.Stop) : null;
        var target = attempt is null ? null
            : await store.Targets.FindAsync(tenant, attempt.List, attempt.Target, call.Stop);
        return (campaign, target, attempt);
    }

    private static PromptSource.Speech Speech(string text, string language) => new(text, "", language, IsSsml: false);

    /// <returns>The key that was pressed, and who has answered, as far as that was found out meanwhile: a machine ends it.</returns>
    private static async ValueTask<(char? Key, MachineVerdict? Who)> AskAsync(IProgramCall call, string text, string language,
        TimeSpan? behind = null)
    {
        if (text.Length == 0) return default;
        var gather = new LegCommand.Gather
        {
            GatherId = Guid.CreateVersion7().ToString(),
            Prompt = Speech(text, language), MaximumDigits = 1, TerminatingDigits = "",
            InitialTimeout = behind ?? ForKey, InterDigitTimeout = behind ?? ForKey,
        };
        if (!(await call.SendAsync(gather)).IsAccepted) return default;
        MachineVerdict? who = null;
        while (await call.NextAsync() is { } happened)
        {
            if (happened is CallEvent.MachineDetected detected) who = detected.Verdict;
            else if (happened is CallEvent.GatherEnded ended) return (ended.Digits.Length > 0 ? ended.Digits[0] : null, who);
        }
        return (null, who);
    }

    private async ValueTask ListAsync(IProgramCall call, DialAttempt attempt)
    {
        // What is no number is on no list.
        if (!E164.TryParse(attempt.Number, out var number)) return;
        var now = time.GetUtcNow();
        await store.DoNotCall.AddAsync(
        [
            DoNotCallEntry.Asked(attempt.Tenant, number.Text, DoNotCallSource.Keypress, $"campaign {attempt.Campaign}", call.Leg.Uuid,
                $"Pressed {OptOut} in the call of {now:yyyy-MM-dd HH:mm:ss} UTC.", now),
        ], _ => null, CancellationToken.None);
    }

    [GeneratedRegex(@"\{\{(?<word>[^{}]*)\}\}|\{(?<word>[A-Za-z_][A-Za-z0-9_]*)\}", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Placeholder();
}
