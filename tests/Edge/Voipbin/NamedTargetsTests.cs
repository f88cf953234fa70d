using Ringwright.Core;
using Ringwright.Voipbin;

namespace Ringwright.Edge.Voipbin;

/// <summary>Whom a list names by another word than a number.</summary>
public sealed class NamedTargetsTests
{
    private static readonly TenantId Tenant = new(Guid.Parse("6b1f3c1e-0000-4000-8000-000000000001"));

    [Theory]
    [InlineData("agent:6B1F3C1E-0000-4000-8000-00000000ABCD", "agent 6b1f3c1e-0000-4000-8000-00000000abcd")]
    [InlineData("agent:6b1f3c1e00004000800000000000abcd", "agent 6b1f3c1e-0000-4000-8000-00000000abcd")]
    [InlineData("agent:ANNA", "agent ANNA")]
    [InlineData("extension:ANNA", "extension ANNA")]
    public async Task An_agent_is_looked_for_by_his_id_however_it_is_written(string address, string sought)
    {
        var asked = new List<string>();
        var names = new NamedTargets((_, one, _) =>
        {
            asked.Add($"{one["type"]} {one["target"]}");
            return new ValueTask<IReadOnlyList<string>?>(["+15550300011", "+15550300012"]);
        });
        Assert.Equal("+15550300011", await names.ResolveAsync(Tenant, address, TestContext.Current.CancellationToken));
        Assert.Equal([sought], asked);
    }

    [Fact]
    public async Task What_names_nobody_is_not_looked_for()
    {
        var names = new NamedTargets(static (_, _, _) => throw new InvalidOperationException());
        foreach (string address in new[] { "agent:", "agent", "queue:1", "" })
            Assert.Null(await names.ResolveAsync(Tenant, address, TestContext.Current.CancellationToken));
    }
}
