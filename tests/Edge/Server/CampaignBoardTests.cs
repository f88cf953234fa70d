using System.Text.Json.Nodes;
using Ringwright.Server.Cli;

namespace Ringwright.Edge.Server;

/// <summary>What <c>campaign run</c> shows while it calls.</summary>
public sealed class CampaignBoardTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 1, 15, 0, 0, TimeSpan.Zero);

    private static JsonNode State(int done, int up, int idle, string? due, params string[] reasons) => new JsonObject
    {
        ["state"] = "run",
        ["targets"] = new JsonObject { ["done"] = done, ["progressing"] = up, ["idle"] = idle, ["next_due_at"] = due },
        ["attempts"] = new JsonArray([.. reasons.Select(reason => (JsonNode)new JsonObject
        {
            ["result"] = "success", ["reason"] = reason, ["attempts"] = 1L,
        })]),
    };

    private static async Task<string> ShownAsync(bool isTerminal, params JsonNode[] states)
    {
        using var into = new StringWriter { NewLine = "\n" };
        var board = new CampaignBoard(into, isTerminal);
        foreach (var state in states) await board.ShowAsync(state, At);
        await board.EndAsync(states[^1]);
        return into.ToString();
    }

    [Fact]
    public async Task On_a_terminal_a_table_is_painted_over_where_something_has_changed()
    {
        string first = "STATE  DONE  UP  TO CALL  ATTEMPTS  NEXT CALL\n" + "run    0     0   3        0         2026-01-01 15:00:05\n";
        string second = "STATE  DONE  UP  TO CALL  ATTEMPTS  NEXT CALL\n" + "run    1     1   1        1         -\n\n"
            + "RESULT   WHY            ATTEMPTS\n" + "success  remote_hangup  1\n";
        Assert.Equal(first + "\u001b[2A\u001b[J" + second + "\u001b[5A\u001b[J" + first + "\n", await ShownAsync(isTerminal: true,
            State(0, 0, 3, "2026-01-01T15:00:05.000000Z"), State(0, 0, 3, "2026-01-01T15:00:05.000000Z"),
            State(1, 1, 1, null, "remote_hangup"), State(0, 0, 3, "2026-01-01T15:00:05.000000Z")));
    }

    [Fact]
    public async Task Elsewhere_each_change_is_a_line_and_what_became_of_the_attempts_stands_at_the_end() =>
        Assert.Equal("15:00:00  run: 0 done, 0 up, 3 to call, 0 attempts\n15:00:00  run: 1 done, 1 up, 1 to call, 1 attempts\n\n"
            + "RESULT   WHY            ATTEMPTS\nsuccess  remote_hangup  1\n", await ShownAsync(isTerminal: false,
            State(0, 0, 3, null), State(0, 0, 3, null), State(1, 1, 1, null, "remote_hangup")));

    [Theory, InlineData(5, 500), InlineData(55, 500), InlineData(100, 900), InlineData(700, 6_300), InlineData(60_000, 30_000)]
    public void The_longer_a_look_takes_the_later_is_the_next_one(int look, int rest) =>
        Assert.Equal(TimeSpan.FromMilliseconds(rest), CampaignRunCommand.RestAfter(TimeSpan.FromMilliseconds(look)));
}
