using Ringwright.Store.Engines;

namespace Ringwright.Store.Areas;

/// <summary>Accounts whose rows are about to go.</summary>
internal sealed record Leaving(SecretBox Box, IReadOnlyList<string> Tenants, DateTimeOffset At)
{
    /// <summary>For statements with <c>in @tenants</c>.</summary>
    public object Which => new { tenants = new InList<string>(Tenants) };
}
