using Ringwright.Store.Keeping;

namespace Ringwright.Store.Areas;

/// <summary>Rows of an area that go when they are old, account by account and in steps, so that no call waits long behind one.</summary>
/// <param name="Name">For people, in the plural: "legs". Rules of one name are counted together.</param>
/// <param name="Statement">
/// A delete, or an update that empties them, of at most <c>@step</c> rows of <c>@tenant</c> that are older than <c>@before</c>; it is
/// repeated until it finds none. What something alive still needs it leaves.
/// </param>
public sealed record AgeRule(string Name, string Statement)
{
    /// <summary>How long they are kept; null for good.</summary>
    public required Func<Retention, TimeSpan?> Kept { get; init; }
}
