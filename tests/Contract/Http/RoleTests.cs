using System.Net;
using Ringwright.Core;

namespace Ringwright.Http.Tests;

/// <summary>What owners, members and readers may do: over each operation, none bound, and over the table that says it.</summary>
public sealed class RoleTests : IAsyncLifetime
{
    private static readonly string[] Roles = ["owner", "member", "reader"];

    private ApiHost _api = null!;        // set before each test
    private ApiHost _storage = null!;    // set before each test

    private static IEnumerable<Operation> Operations => TelnyxFiles.Contract.Operations.Concat(TelnyxFiles.Contract.Extensions);

    public async ValueTask InitializeAsync()
    {
        _api = await ApiHost.StartAsync(new() { Keys = CallerOf });
        _storage = await ApiHost.StartAsync(new() { Keys = CallerOf, IsStorage = true });
    }

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        await _storage.DisposeAsync();
    }

    private static Caller? CallerOf(string key) =>
        Enum.TryParse<CallerRole>(key, ignoreCase: true, out var role) ? new(ApiHost.Tenant, null, role, key) : null;

    private static bool May(string role, Operation operation) => operation.Role is CallerRole.Public || role switch
    {
        "owner" => true,
        "member" => operation.Role is not CallerRole.Owner,
        _ => operation.Method is "GET" or "HEAD" && operation.Role is not CallerRole.Owner,
    };

    [Fact]
    public async Task Each_operation_is_open_to_the_roles_that_may_and_403_to_the_others()
    {
        var refused = Roles.ToDictionary(r => r, _ => 0);
        foreach (var operation in Operations)
            foreach (string role in Roles)
            {
                var api = operation.Place is OperationPlace.Storage ? _storage : _api;
                using var response = await api.SendAsync(operation.Method, EveryOperation.PathOf(operation),
                    operation.Body is null ? null : "{broken", key: role);
                bool isRefused = response.StatusCode is HttpStatusCode.Forbidden;
                Assert.True(isRefused != May(role, operation), $"{operation} as {role}: {response.StatusCode}");
                if (!isRefused) continue;
                refused[role]++;
                if (operation is { Errors: not ErrorStyle.Xml, Method: not "HEAD" })
                    Assert.Equal("10010", (await response.CodeAsync()).Code);
            }

        Assert.Equal(0, refused["owner"]);
        Assert.InRange(refused["member"], 20, 60);
        Assert.True(refused["reader"] > 400, $"{refused["reader"]}");
    }

    [Theory]
    [InlineData("ListManagedAccounts", CallerRole.Owner), InlineData("CreateManagedAccount", CallerRole.Owner),
        InlineData("post /oauth/grants", CallerRole.Owner)]
    [InlineData("ListCallControlApplications", CallerRole.Reader), InlineData("CreateCallControlApplication", CallerRole.Member),
        InlineData("DialCall", CallerRole.Member)]
    [InlineData("HeadBucket", CallerRole.Reader), InlineData("GetPublicKey", CallerRole.Reader),
        InlineData("get /oauth/jwks", CallerRole.Public)]
    public void The_table_says_who_may(string operation, CallerRole role) => Assert.Equal(role, TelnyxFiles.Operation(operation).Role);

    [Fact]
    public void Every_row_names_a_family_or_an_operation_of_the_contract()
    {
        var known = Operations.SelectMany(o => (string[])[$"family {o.Family}", $"operation {o.Id}"]).ToHashSet(StringComparer.Ordinal);
        Assert.All(Ringwright.Http.Roles.Read(TelnyxFiles.Text("roles.tsv")).Named,
            row => Assert.Contains($"{row.Scope} {row.Name}", known));
    }
}
