namespace Ringwright.Server.Doctor;

internal enum Verdict { Good, Warning, Bad }

/// <summary>One thing that the doctor looked at, and what to do about it.</summary>
internal sealed record Finding(string About, Verdict Verdict, string Says, string? Advice = null)
{
    public static Finding Good(string about, string says) => new(about, Verdict.Good, says);
    public static Finding Warning(string about, string says, string advice) => new(about, Verdict.Warning, says, advice);
    public static Finding Bad(string about, string says, string advice) => new(about, Verdict.Bad, says, advice);
}
