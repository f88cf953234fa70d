using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Ringwright.Server.Doctor;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

public sealed class DoctorTests
{
    [Fact, Depth("the gate has the calls, walls and refusals of this face; this is read or made the same way")]
    public async Task On_a_free_machine_nothing_is_in_the_way()
    {
        using var folder = new TempFolder();
        var output = new StringWriter();
        int exit = await DoctorReport.RunAsync(RunningNode.SettingsIn(folder.File("new")), output, TestContext.Current.CancellationToken);
        Assert.True(exit == 0, output.ToString());
        foreach (string about
                in new[] { "HTTP port", "SIP port", "RTP ports", "clock", "RTP loopback", "libsqlite3", "database", "scheduling" })
            Assert.Contains(about, output.ToString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("new")), "looking must not make anything");
    }

    [Theory]
    [InlineData(100e9, null, "known when a node has run", false)]
    [InlineData(100e9, -5e6, "does not grow", false)]
    [InlineData(100e9, 1e9, "full in 100.0 days at today's rate (1000.0 MB a day)", false)]
    [InlineData(100e9, 1.0, "more than a hundred years", false)]
    [InlineData(100e9, 10e9, "full in 10.0 days", true)]
    public void The_doctor_says_how_long_the_disk_lasts(double free, double? bytesADay, string says, bool isWarned)
    {
        var finding = DataChecks.Room((long)free, bytesADay);
        Assert.Contains(says, finding.Says, StringComparison.Ordinal);
        Assert.Equal(isWarned ? Verdict.Warning : Verdict.Good, finding.Verdict);
    }

    [Theory, InlineData(DriveType.Network, true), InlineData(DriveType.Fixed, false), InlineData(DriveType.Ram, false)]
    public void A_SQLite_database_behind_a_network_is_warned_of(DriveType type, bool isWarned) =>
        Assert.Equal(isWarned, DataChecks.Place(type, "/data") is { Verdict: Verdict.Warning });

    [Theory, InlineData(67_108_864L, "67 MB free: room for 223 ", false), InlineData(16_777_216L, "room for 55 ", true)]
    [InlineData(0L, "room for 0 ", true), InlineData(null, "no /dev/shm", true)]
    public void The_doctor_says_how_much_live_audio_has_room(long? free, string says, bool isWarned)
    {
        var finding = SystemChecks.LiveAudio(free);
        Assert.Contains(says, finding.Says, StringComparison.Ordinal);
        Assert.Equal(isWarned ? Verdict.Warning : Verdict.Good, finding.Verdict);
    }

    [Fact]
    public void A_port_in_use_is_bad_and_names_its_flag()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var settings = RunningNode.SettingsIn("/nowhere") with { Http = (IPEndPoint)taken.LocalEndpoint };
        var finding = PortChecks.Run(settings).First(f => f.About == "HTTP port");
        Assert.Equal(Verdict.Bad, finding.Verdict);
        Assert.Contains("--http", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_trunk_at_which_calls_fail_is_named_with_the_reason()
    {
        static JsonNode Trunk(string name, string state, bool isEnabled = true, string? registration = null) => new JsonObject
        {
            ["name"] = name,
            ["enabled"] = isEnabled,
            ["register"] = registration is not null,
            ["registration"] = registration is null ? null : new JsonObject { ["state"] = registration, ["sip_status"] = 403 },
            ["targets"] = new JsonArray(new JsonObject
            {
                ["address"] = "192.0.2.1:5060", ["state"] = state, ["because"] = "Nothing answered the INVITE.", ["until"] = "soon",
            }),
        };

        var good = Assert.Single(TrunkChecks.Of([Trunk("one", "up"), Trunk("off", "passed_over", isEnabled: false)]));
        Assert.Equal((Verdict.Good, "1, and calls pass over none of them"), (good.Verdict, good.Says));
        var ill = Assert.Single(TrunkChecks.Of([Trunk("one", "up"), Trunk("two", "passed_over")]));
        Assert.Equal((Verdict.Warning, "calls at two fail: 192.0.2.1:5060 passed over until soon: Nothing answered the INVITE."),
            (ill.Verdict, ill.Says));
        Assert.Contains("failed (403)", Assert.Single(TrunkChecks.Of([Trunk("three", "up", registration: "failed")])).Says,
            StringComparison.Ordinal);
        Assert.Empty(TrunkChecks.Of([]));
    }

    [Fact]
    public void Carriers_of_texts_whose_bind_is_not_there_are_told()
    {
        static JsonNode Carrier(string name, string? state, string? trouble = null, bool isEnabled = true) => new JsonObject
        {
            ["name"] = name, ["enabled"] = isEnabled,
            ["bind"] = state is null ? null : new JsonObject { ["state"] = state, ["trouble"] = trouble },
        };

        Assert.Empty(TextCarrierChecks.Of([Carrier("off", null, isEnabled: false)]));
        var good = Assert.Single(TextCarrierChecks.Of([Carrier("one", "bound"), Carrier("two", "paused")]));
        Assert.Equal((Verdict.Good, "2, and all are bound"), (good.Verdict, good.Says));
        var ill = Assert.Single(TextCarrierChecks.Of([Carrier("one", "bound"), Carrier("two", "halted", "wrong password")]));
        Assert.Equal((Verdict.Warning, "no texts go by two: halted: wrong password"), (ill.Verdict, ill.Says));
    }

    [Fact, Depth("the gate has the same by the API, or of a node that runs")]
    public async Task Beside_a_running_node_its_ports_are_not_in_the_way()
    {
        await using var node = await RunningNode.StartAsync();
        var output = new StringWriter();
        int exit = await DoctorReport.RunAsync(node.Node.Settings, output, TestContext.Current.CancellationToken);
        Assert.True(exit == 0, output.ToString());
        Assert.Contains($"process {Environment.ProcessId} runs", output.ToString(), StringComparison.Ordinal);
    }
}
