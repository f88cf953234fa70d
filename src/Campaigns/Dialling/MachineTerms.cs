using Ringwright.Calls;
using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Dialling;

/// <summary>What becomes of a machine that answers for somebody.</summary>
/// <param name="Message">
/// Is left to it behind its tone, before the call ends; as <see cref="CampaignTerms.Message"/> where no agent talks. Null for nothing.
/// </param>
public sealed record MachineTerms(string? Message)
{
    /// <summary>What the <c>asked_reason</c> of an attempt is then: a machine, or one that has a message.</summary>
    public const string Machine = MachineReasons.Machine, Left = MachineReasons.Left;

    /// <summary>Of a call that a machine has answered.</summary>
    public string Reason => Message is null ? Machine : Left;

    /// <summary>A message waits for the end of the greeting.</summary>
    public MachineDetection Detection => new(Message is null ? MachineMode.Detect : MachineMode.GreetingEnd);
}
