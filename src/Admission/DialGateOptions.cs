namespace Ringwright.Admission;

/// <summary>The node's own rules for outbound legs.</summary>
public sealed record DialGateOptions
{
    /// <summary>Every listener of the node is on loopback: then SIP URIs of other hosts need nobody's permission.</summary>
    public bool IsLoopbackOnly { get; init; }

    /// <summary>Countries (ISO 3166 alpha-2) that may be called; empty allows all.</summary>
    public IReadOnlyCollection<string> AllowedCountries { get; init; } = [];

    /// <summary>
    /// Calling codes refused like premium numbers: satellites (870, 881), international networks (882, 883) and premium rate (979),
    /// none of which a price list of countries covers.
    /// </summary>
    public IReadOnlyCollection<string> PremiumCallingCodes { get; init; } = ["870", "881", "882", "883", "979"];

    /// <summary>
    /// Numbers without a price may be called and written to for nothing, whatever was said of their account's money. Else who pays in
    /// advance, has a cap that somebody named, or a deck with prices, does not call what nobody has priced; nor does he write there, whom
    /// a cap of the day does not concern.
    /// </summary>
    public bool AllowsUnpriced { get; init; }

    /// <summary>Numbers that people of a lab have: nobody is paid for a text to one.</summary>
    public Func<string, bool> IsOfLab { get; init; } = static _ => false;

    /// <summary>
    /// How many live legs may go from one caller to one number of this node when they were all created within <see cref="LoopWindow"/>:
    /// such a leg comes back to us, and an application that answers it by dialling the same number again would never end. 1 to 1,000.
    /// </summary>
    public int LoopLimit { get; init; } = 10;

    public TimeSpan LoopWindow { get; init; } = TimeSpan.FromSeconds(30);
}
