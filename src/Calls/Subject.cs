using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>What something was done for or happened to, and what is charged: a leg today; conferences, messages and rooms are to come.</summary>
/// <param name="Kind">One of <see cref="SubjectKind"/>.</param>
/// <param name="Id">Unique among its kind.</param>
public readonly record struct Subject(string Kind, string Id)
{
    public static Subject Of(LegId leg) => new(SubjectKind.Leg, leg.ToString());
}

/// <summary>Stored by these words.</summary>
public static class SubjectKind
{
    public const string Leg = "leg";
}
