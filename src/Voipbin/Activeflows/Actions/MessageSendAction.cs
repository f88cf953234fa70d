using Ringwright.Calls;
using Ringwright.Calls.Texts;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Voipbin.Activeflows.Actions;

/// <summary>Sends a text to each destination, from a number of the customer's; nobody waits for its arrival.</summary>
internal sealed class MessageSendAction : IFlowAction
{
    private const int MostCharacters = 1600, MostParts = 11;

    public string Type => "message_send";

    public IReadOnlyList<FlowOption> Options { get; } =
    [
        FlowOption.Address("source"), FlowOption.Addresses("destinations").Required, FlowOption.Text("text", MostCharacters).Required,
    ];

    public bool EndsOnFailure => true;

    public async ValueTask<FlowStep> RunAsync(FlowRunner run, FlowOptions options)
    {
        var (to, fault) = await FlowAddresses.ReadAsync(run, options.Objects("destinations"));
        if (fault is not null) return new FlowStep.Failed(fault);
        var leg = run.Call?.Leg;
        string? own = leg?.Direction is Direction.Inbound ? leg.To : leg?.From;
        if ((FlowAddresses.Party(options.Object("source")) ?? own) is not { } from)
            return new FlowStep.Failed("source must be a number where there is no call");
        string words = options.Text("text");
        if (words.Contains('\0') || TextCut.Of(words).Parts.Count > MostParts)
            return new FlowStep.Failed($"text would be more than {MostParts} parts, or holds U+0000");
        var refused = new List<string>();
        foreach (string party in to)
            if (await SendAsync(run, from, party, words) is { } why) refused.Add(why);
        if (refused.Count == to.Count) return new FlowStep.Failed(string.Join("; ", refused));
        foreach (string why in refused) await run.WarnAsync($"{Type}: {why}");
        return FlowStep.Next;
    }

    /// <returns>Why not, as a sentence without its end; null when it is on its way.</returns>
    private static async ValueTask<string?> SendAsync(FlowRunner run, string from, string to, string words)
    {
        if (!E164.TryParse(to, out var number)) return $"{to} is no number";
        if (number.Text == from) return "a text cannot be sent to the number that it is from";
        if (run.Parts.Gate is { } gate)
        {
            var answer = await gate.AskAsync(new MessageAttempt { Tenant = run.Tenant, From = from, To = number.Text });
            if (!answer.IsOpen) return $"{to} was refused: {answer.Said ?? answer.Rule ?? answer.Refusal.ToString()}";
        }
        if (run.Parts.WaitOf(number.Text) is { } wait && wait > TextLife.Usual)
            return $"so much waits for the way to {number.Text} that the text would expire";
        return await run.Parts.Records.SendTextAsync(run.Tenant, from, number.Text, words, run.Parts.Holds, run.Interrupted);
    }
}
