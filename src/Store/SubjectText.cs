using Ringwright.Calls;

namespace Ringwright.Store;

/// <summary>Subjects as two columns hold them.</summary>
internal static class SubjectText
{
    /// <exception cref="FormatException">No such kind, or no such id.</exception>
    public static Subject Read(string kind, string id) =>
        Subject.TryParse(Names<SubjectKind>.Parse(kind), id, out var subject) ? subject
            : throw new FormatException($"'{id}' is no id of a {kind}.");
}
