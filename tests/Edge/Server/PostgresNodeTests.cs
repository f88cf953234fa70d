using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Edge.Store;
using Ringwright.Server;
using Ringwright.Server.Doctor;
using Ringwright.Server.Nodes;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

public sealed class PostgresNodeTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_data_folder_remembers_its_database_for_its_owner_only()
    {
        string address = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        using var folder = new TempFolder();
        var settings = RunningNode.SettingsIn(folder.Path);
        await using (await OfflineNode.StartAsync(settings with { Database = address }, NullLoggerFactory.Instance, TextWriter.Null, Stop))
        {
            using var client = new AdminClient(folder.Path);
            await client.SendAsync(HttpMethod.Post, "operator/v1/trunks",
                new JsonObject { ["name"] = "one", ["host"] = "192.0.2.1" }, Stop);
        }
        Assert.Equal(address + "\n", File.ReadAllText(folder.File("database")));
        Assert.False(File.Exists(folder.File("database.part")), "it was put in place whole");
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.File("database")));
        await using (await OfflineNode.StartAsync(settings, NullLoggerFactory.Instance, TextWriter.Null, Stop))
        {
            using var client = new AdminClient(folder.Path);
            Assert.Single((await client.SendAsync(HttpMethod.Get, "operator/v1/trunks", null, Stop))["data"]!.AsArray());
        }
        Assert.False(File.Exists(folder.File("ringwright.db")));
    }

    [Fact, Depth("PostgresTests refuse a second node of the same number")]
    public async Task A_second_data_folder_on_the_same_database_is_refused_while_the_first_is_in_use()
    {
        string address = await Migrated.OnPostgresAsync(ofNode: true);
        using TempFolder first = new(), second = new();
        await using var node = await OfflineNode.StartAsync(RunningNode.SettingsIn(first.Path) with { Database = address },
            NullLoggerFactory.Instance, TextWriter.Null, Stop);
        var refused = await Assert.ThrowsAsync<StartRefused>(() =>
            OfflineNode.StartAsync(RunningNode.SettingsIn(second.Path) with { Database = address }, NullLoggerFactory.Instance,
                TextWriter.Null, Stop));
        Assert.StartsWith("Another process runs node 1", refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(second.File("database")), "what was refused is not remembered");
    }

    [Fact, Depth("the gate has the same by the API, or of a node that runs")]
    public async Task The_doctor_says_whether_the_server_answers()
    {
        string address = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        using var folder = new TempFolder();
        Assert.Contains("answers: PostgreSQL", await DoctorAsync(folder.Path, address), StringComparison.Ordinal);
        Assert.Contains("cannot be opened", await DoctorAsync(folder.Path, $"postgres://me:not-a-secret@127.0.0.1:{FreePort.Tcp()}/calls"),
            StringComparison.Ordinal);
    }

    private static async Task<string> DoctorAsync(string folder, string address)
    {
        var output = new StringWriter();
        await DoctorReport.RunAsync(RunningNode.SettingsIn(folder) with { Database = address }, output, Stop);
        Assert.DoesNotContain("not-a-secret", output.ToString(), StringComparison.Ordinal);
        return output.ToString();
    }
}
