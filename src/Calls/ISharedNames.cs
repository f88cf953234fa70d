using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>
/// The names of conferences and queues that live on other nodes of the same installation, and what of theirs has ended. Implemented in
/// Store, over the database that they share. While that does not answer, no name lives elsewhere: calls go on as on one node.
/// </summary>
public interface ISharedNames
{
    /// <summary>One of that name lives on another node, and none here.</summary>
    /// <param name="kind">Conferences or queues.</param>
    ValueTask<bool> IsElsewhereAsync(SubjectKind kind, TenantId account, string name, CancellationToken stop);

    /// <inheritdoc cref="IsElsewhereAsync(SubjectKind, TenantId, string, CancellationToken)"/>
    /// <param name="asker">Whose account is meant.</param>
    ValueTask<bool> IsElsewhereAsync(SubjectKind kind, LegId asker, string name, CancellationToken stop);

    /// <summary>A leg or a conference of another node is known to be over.</summary>
    ValueTask<bool> HasEndedAsync(Subject there, CancellationToken stop);
}
