using Ringwright.Http;

namespace Ringwright.Operator;

/// <summary>Providers and carriers that agencies have beside the node, and whether they know the agencies' keys: asked now.</summary>
internal static class AgencyProviders
{
    public static async ValueTask<Reply> List(OperationContext op, OperatorParts parts)
    {
        var all = await parts.Accounts.Providers(op.Stop);
        return op.Page([.. all.Skip(op.List.Offset).Take(op.List.Size)], all.Count);
    }
}
