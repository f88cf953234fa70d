using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;

namespace Ringwright.Telnyx.Assistants;

/// <summary>
/// Changes one document with all that is committed beside it; again, on what is there then, where another request was faster.
/// </summary>
internal static class Revisions
{
    /// <summary>Each try that fails is a change by somebody else.</summary>
    public const int Attempts = 20;

    /// <param name="parameter">Of the path, which names the document.</param>
    /// <param name="change">What the document becomes, or why it stays as it is; it may be asked more than once.</param>
    public static async ValueTask<Reply> ChangeAsync(
        OperationContext op, IResourceRows rows, string parameter, Func<ResourceRow, ValueTask<Revised>> change)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            if (await rows.FindAsync(op.Tenant, op.Path(parameter), op.Stop) is not { } row) return op.Unknown(parameter);
            var revised = await change(row);
            if (revised.After is not { } after) return revised.Reply;
            switch (await rows.UpdateAsync(after, revised.Work, op.Stop))
            {
                case WriteOutcome.Done: return revised.Reply;
                case WriteOutcome.Missing: return op.Unknown(parameter);
            }
        }
        return op.Fail(Fault.Conflict);
    }
}

/// <summary>What a change made of a document.</summary>
/// <param name="Reply">Given once it is committed.</param>
/// <param name="After">Null when it stays as it is.</param>
internal readonly record struct Revised(Reply Reply, ResourceRow? After = null, UnitOfWork? Work = null);
