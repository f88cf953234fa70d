using System.Net;
using Ringwright.Server;
using Ringwright.Server.Settings;
using Ringwright.Testing;

namespace Ringwright.Edge.Server.Clock;

public sealed class VirtualSettingsTests
{
    private static ServeSettings Read(params (string Name, string Text)[] given) => ServeFlags.Read(
        name => given.Where(g => g.Name == name).Select(g => g.Text).FirstOrDefault(), _ => null);

    [Fact]
    public void It_begins_on_a_tuesday_at_three_or_when_one_says_with_audio_inline()
    {
        Assert.Null(Read().VirtualStart);
        Assert.True(Read(("--clock", "wall")).HasMediaProcess);
        var usual = Read(("--clock", "virtual"), ("--lab", "true"));
        Assert.Equal((DayOfWeek.Tuesday, new TimeSpan(15, 0, 0)),
            (usual.VirtualStart!.Value.DayOfWeek, usual.VirtualStart.Value.TimeOfDay));
        Assert.False(usual.HasMediaProcess);
        Assert.Equal(new DateTimeOffset(2027, 5, 6, 6, 8, 9, 250, TimeSpan.Zero),
            Read(("--clock", "virtual=2027-05-06T07:08:09.250+01:00"), ("--lab", "true"), ("--media", "inline")).VirtualStart);
    }

    [Theory]
    [InlineData("virtually"), InlineData("virtual="), InlineData("virtual=tomorrow"), InlineData("virtual=1999-12-31T23:59:59Z")]
    [InlineData("")]
    public void Another_text_is_refused(string text) => Assert.StartsWith("--clock",
        Assert.Throws<StartRefused>(() => Read(("--clock", text), ("--lab", "true"))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("--lab", "false", "needs --lab")]
    [InlineData("--media", "process", "leave out --media process")]
    [InlineData("--sip-tls", "127.0.0.1:5061", "no --sip-tls")]
    [InlineData("--database", "postgres://db.example/calls", "a database in a file")]
    [InlineData("--http", "0.0.0.0:8080", "must be on loopback")]
    public void What_lives_by_another_clock_is_refused(string flag, string text, string sentence)
    {
        (string, string)[] given = flag == "--lab" ? [("--clock", "virtual"), (flag, text)]
            : [("--clock", "virtual"), ("--lab", "true"), (flag, text)];
        Assert.Contains(sentence, Assert.Throws<StartRefused>(() => Read(given)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_has_rows_of_one_clock_and_of_one_run()
    {
        using var folder = new TempFolder();
        var wall = Read(("--data", folder.Path));
        var virtually = Read(("--data", folder.Path), ("--clock", "virtual"), ("--lab", "true"));
        VirtualRules.Claim(wall);
        VirtualRules.Claim(virtually);
        Assert.Contains("empty --data", Assert.Throws<StartRefused>(() => VirtualRules.Claim(virtually)).Message, StringComparison.Ordinal);
        Assert.Contains("used with --clock virtual", Assert.Throws<StartRefused>(() => VirtualRules.Claim(wall)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_clock_of_the_wall_is_shown_and_not_moved()
    {
        await using var node = await OperatorClient.StartAsync();
        var client = new OperatorClient(node);
        var shown = await client.DataAsync("GET", "/clock");
        Assert.Equal(("wall", false), ((string?)shown["mode"], (bool)shown["held"]!));
        Assert.InRange((DateTimeOffset)shown["now"]!, DateTimeOffset.UtcNow.AddSeconds(-20), DateTimeOffset.UtcNow.AddSeconds(1));
        await client.RefusesAsync(HttpStatusCode.Conflict, "--clock virtual", "POST", "/clock", """{"hold":true}""");
        await client.RefusesAsync(HttpStatusCode.Conflict, "--clock virtual", "POST", "/clock", """{"advance_ms":1}""");
    }
}
