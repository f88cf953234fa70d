namespace Ringwright.Campaigns.Texts;

/// <summary>What waits for the ways out of the node, as those see it who take texts in.</summary>
public interface ITextQueue
{
    /// <summary>How long a text that is taken in now waits for its turn, as of some seconds ago.</summary>
    /// <returns>Null for a number that no way leads to.</returns>
    TimeSpan? WaitOf(string to);
}
