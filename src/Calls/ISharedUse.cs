namespace Ringwright.Calls;

/// <summary>
/// What the nodes of an installation use together of what is limited. Each says how much of everything it uses itself;
/// a place is taken only when it fits beside what all the others say. Implemented in Store, over the database that they share.
/// </summary>
public interface ISharedUse
{
    /// <summary>False while this node is alone: then nobody has to be asked.</summary>
    bool HasOthers { get; }

    /// <summary>Says what this node uses, if it fits: all of it or nothing.</summary>
    /// <param name="group">Questions of one group are asked one after another, among all nodes.</param>
    /// <param name="uses">Called when it is this question's turn.</param>
    /// <param name="told">Hears the answer before anybody else's turn: the place in the list of the first that does not fit;
    /// null when all was taken.</param>
    /// <returns>What was told.</returns>
    /// <exception cref="Exception">Nobody knows, and nothing was told.</exception>
    ValueTask<int?> TakeAsync(string group, Func<IReadOnlyList<Use>> uses, Action<int?> told, CancellationToken stop);
}

/// <summary>One thing that is limited.</summary>
/// <param name="Mine">What this node uses of it, with what it wants.</param>
/// <param name="Most">What all nodes together may; null counts and never refuses.</param>
public readonly record struct Use(string Name, long Mine, long? Most);
