namespace Ringwright.Campaigns.Dialling;

/// <summary>What an API says in a call of its campaign in which nobody talks, beside the campaign's own text.</summary>
/// <param name="All">Before the text; null for nothing.</param>
/// <param name="Identity">Who calls, which a machine hears before its message, alone; null for nothing.</param>
/// <param name="HasMessage">A machine has a message of the campaign already.</param>
/// <param name="Words">What all of them may put in, by their names, as a talk may; null where the target's own data are put in.</param>
public sealed record CampaignOpening(string? All, string? Identity, bool HasMessage, IReadOnlyDictionary<string, string>? Words)
{
    public static CampaignOpening None { get; } = new(null, null, HasMessage: false, Words: null);
}
