namespace Ringwright.Campaigns.Texts;

/// <summary>Who has numbers of a lab, and gets texts there as people of other networks would.</summary>
public interface ITextPeople
{
    /// <summary>Null for a number that nobody in the lab has.</summary>
    TextPerson? Find(string number);
}

/// <summary>What becomes of texts to somebody, and what comes back.</summary>
public sealed record TextPerson
{
    /// <summary>After so long an answer is on its way.</summary>
    public static readonly TimeSpan Thinks = TimeSpan.FromSeconds(1);

    /// <summary>The far end knows nobody there, and does not take them.</summary>
    public bool IsRefusing { get; init; }
    /// <summary>So long after a text was wanted the phone is switched on.</summary>
    public TimeSpan IsOffFor { get; init; }
    /// <summary>Nobody ever says that they have arrived.</summary>
    public bool IsSilent { get; init; }
    /// <summary>What is written back to these words, of which the second says that a program wrote them; null answers nothing.</summary>
    public Func<string, bool, string?> Answer { get; init; } = static (_, _) => null;
}
