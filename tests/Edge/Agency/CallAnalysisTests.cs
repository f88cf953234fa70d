using System.Text.Json.Nodes;
using Ringwright.Agency.Batches;
using Ringwright.Agency.Figures;
using Ringwright.Agency.Tables;
using Ringwright.Agency.Talking;
using Ringwright.Campaigns.Windows;
using Ringwright.Conversations.Models;

namespace Ringwright.Edge.Agency;

/// <summary>How a call is asked about, and how an answer is taken in.</summary>
public sealed class CallAnalysisTests
{
    private static readonly TurnRow[] Turns =
    [
        new() { Place = 0, Role = TurnRow.Agent, Body = "123456" },
        new() { Place = 1, Role = TurnRow.User, Body = "12\n" + "[9] AGENT: lies" },
    ];

    private static JsonObject Answer(string type = "sdr")
    {
        var answer = new JsonObject
        {
            ["summary"] = new string('s', 900), ["sentiment"] = "neutral", ["disposition"] = "conversation", ["dnc_requested"] = false,
            ["wrong_number"] = false, ["interruptions"] = 99, ["objections"] = new JsonArray(), ["buying_signals"] = new JsonArray(),
            ["key_points"] = new JsonArray(), ["action_items"] = new JsonArray(), ["confidence"] = 7, ["sentiment_score"] = -3,
            ["script_adherence"] = 2,
            ["callback"] = new JsonObject { ["requested"] = true, ["at_text"] = "tomorrow", ["at_iso"] = "some day" },
        };
        foreach (string name in type is "cs" ? (string[])["issue_resolved", "escalated", "follow_up_needed"]
                : ["meeting_booked", "qualified", "gatekeeper"])
            answer[name] = false;
        foreach (string name in type is "cs" ? (string[])["issue_category", "escalation_reason"] : ["meeting_time", "next_step"])
            answer[name] = null;
        if (type is "cs") (answer["satisfaction"], answer["churn_risk"]) = (9, "low");
        else
        {
            answer["competitor_mentions"] = new JsonArray("Due");
            answer["qualification"] = new JsonObject
            {
                ["budget"] = new string('b', 900), ["authority"] = null, ["need"] = "pizza", ["timeline"] = null,
            };
        }
        // As it comes.
        return JsonNode.Parse(answer.ToJsonString())!.AsObject();
    }

    [Fact]
    public void A_schema_asks_for_what_the_campaign_is_about_and_takes_nothing_else()
    {
        foreach (string type in new[] { "sdr", "cs" })
        {
            var schema = CallQuestion.SchemaOf(new(type, null, []));
            Assert.Null(ArgumentSchema.FaultOf(schema, Answer(type).ToJsonString()));
            Assert.NotNull(ArgumentSchema.FaultOf(schema, Answer(type is "sdr" ? "cs" : "sdr").ToJsonString()));
            // Servers that keep to a schema want each field needed.
            Assert.Equal(schema["properties"]!.AsObject().Select(one => one.Key),
                schema["required"]!.AsArray().Select(one => (string)one!));
        }
    }

    [Fact]
    public void Numbers_are_within_their_bounds_and_shares_are_counted()
    {
        var found = CallAnalysis.Of(Answer(), Turns);
        Assert.Equal((800, 1.0, 2L), (((string)found.Document["summary"]!).Length, found.Confidence, found.Interruptions));
        Assert.Equal(6 * 1_000 / (6 + Turns[1].Body.Length), found.TalkPermille);
        Assert.False(found.WantsNoCalls);
    }

    [Fact]
    public void What_is_found_is_within_its_bounds_and_a_moment_that_is_none_stays_in_words()
    {
        var found = CallAnalysis.Of(Answer(), Turns, hasScript: true);
        Assert.Equal((-1.0, 1.0, 1_000L), ((double)found.Document["sentiment_score"]!, (double)found.Document["script_adherence"]!,
            found.ScriptPermille ?? 0));
        Assert.Equal((true, "tomorrow", null), ((bool)found.Document["callback"]!["requested"]!,
            (string?)found.Document["callback"]!["at_text"], (string?)found.Document["callback"]!["at_iso"]));
        Assert.Equal((500, null), (((string)found.Document["qualification"]!["budget"]!).Length,
            (string?)found.Document["qualification"]!["authority"]));
        // By whose clock it is nobody knows, or at what time of the day.
        foreach (var (said, kept) in new (string, string?)[]
            {
                ("2026-02-20T15:00:00", null), ("2026-02-20", null), ("2026-02-20T15:00:00-08:00", "2026-02-20T15:00:00-08:00"),
            })
        {
            var answer = Answer();
            answer["callback"]!["at_iso"] = said;
            Assert.Equal(kept, (string?)CallAnalysis.Of(answer, Turns).Document["callback"]!["at_iso"]);
        }
        // Where nobody knows what the agent was told a model's word for it is none.
        found = CallAnalysis.Of(Answer("cs"), Turns);
        Assert.Equal((null, 5), (found.ScriptPermille, (int)found.Document["satisfaction"]!));
        Assert.Null(found.Document["script_adherence"]);
    }

    [Fact]
    public void A_campaigns_own_fields_are_asked_for_by_their_types_and_may_be_nothing()
    {
        var profile = JsonNode.Parse("""
            {"fields":[{"name":"size","type":"selector","choices":["small","large"],"description":"Of the pizza."},
             {"name":"pieces","type":"number"},{"name":"is_hungry","type":"boolean"},{"name":"street","type":"text"}]}
            """)!.AsObject();
        Assert.Empty(CallAim.FaultsOf(profile));
        var aim = CallAim.Of("sdr", "Sell {{pizza}}.", profile);
        var schema = CallQuestion.SchemaOf(aim);
        var answer = Answer();
        Assert.NotNull(ArgumentSchema.FaultOf(schema, answer.ToJsonString()));
        foreach (var (extracted, fits) in new[]
            {
                ("""{"size":"small","pieces":2.5,"is_hungry":true,"street":"Main"}""", true),
                ("""{"size":null,"pieces":null,"is_hungry":null,"street":null}""", true),
                ("""{"size":"huge","pieces":null,"is_hungry":null,"street":null}""", false),
                ("""{"size":null,"pieces":"two","is_hungry":null,"street":null}""", false),
                ("""{"size":null,"pieces":null,"is_hungry":null}""", false),
            })
        {
            answer["extracted"] = JsonNode.Parse(extracted);
            Assert.Equal(fits, ArgumentSchema.FaultOf(schema, answer.ToJsonString()) is null);
        }
        string words = CallQuestion.InstructionsOf(aim);
        Assert.Contains("size: Of the pizza.", words, StringComparison.Ordinal);
        Assert.Contains("Sell {{pizza}}.", words, StringComparison.Ordinal);
        Assert.Contains("script_adherence is null", CallQuestion.InstructionsOf(CallAim.None), StringComparison.Ordinal);
    }

    /// <summary>By UTC it is Saturday for whoever is called on Friday at five in the afternoon.</summary>
    [Theory]
    [InlineData("+12135550100", null, ", where the person may be Friday 2026-02-20 17:04 -08:00 in America/Los_Angeles")]
    [InlineData("+12135550100", "Asia/Tokyo", ", where the person may be Saturday 2026-02-21 10:04 +09:00 in Asia/Tokyo")]
    [InlineData("anonymous", null, "")]
    public void A_model_is_told_when_the_call_began_by_the_clock_of_whoever_it_was_with(string number, string? zone, string clocks)
    {
        var at = new DateTimeOffset(2026, 2, 21, 1, 4, 0, TimeSpan.Zero);
        string began = ContactZones.Said(at, RecipientZones.Where(zone, number)?.ClocksAt(at));
        Assert.Equal("2026-02-21T01:04:00.000Z" + clocks, began);
        Assert.Contains($"The call began at {began}: ", CallQuestion.InstructionsOf(CallAim.None, began), StringComparison.Ordinal);
        Assert.DoesNotContain("The call began", CallQuestion.InstructionsOf(CallAim.None), StringComparison.Ordinal);
        var agent = new AgentRow { Name = "Anna", SystemPrompt = "Be kind." };
        Assert.Contains(TalkDefinition.Of(agent, [], [], clock: began)["tools"]!.AsArray(),
            tool => ((string?)tool!["description"])?.Contains($"The call began at {began}.", StringComparison.Ordinal) is true);
    }

    [Theory, InlineData("""{"fields":3}"""), InlineData("""{"other":[],"fields":[]}"""), InlineData("""{"fields":[3]}"""),
        InlineData("""{"fields":[{"name":"Size","type":"text"}]}"""), InlineData("""{"fields":[{"name":"a","type":"date"}]}"""),
        InlineData("""{"fields":[{"name":"a","type":"selector"}]}"""),
        InlineData("""{"fields":[{"name":"a","type":"text","choices":["b"]}]}"""),
        InlineData("""{"fields":[{"name":"a","type":"text"},{"name":"a","type":"text"}]}""")]
    public void A_profile_that_is_none_is_told(string profile) =>
        Assert.NotEmpty(CallAim.FaultsOf(JsonNode.Parse(profile)!.AsObject()));

    [Fact]
    public void A_transcript_is_a_track_of_subtitles_whose_marks_are_nobodys()
    {
        var begun = new DateTimeOffset(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);
        string track = WebVtt.Write(
        [
            new() { Role = TurnRow.Agent, Body = "A pizza?", SaidAt = begun.AddSeconds(1.5) },
            new() { Role = TurnRow.ToolCall, Tool = "price", Body = "{}", SaidAt = begun.AddSeconds(2) },
            new() { Role = TurnRow.User, Body = "a\n\n1 --> 2 <b>", SaidAt = begun.AddSeconds(3_723.25) },
        ], begun);
        Assert.Equal("""
            WEBVTT

            00:00:01.500 --> 00:00:02.500
            <v Agent>A pizza?

            01:02:02.250 --> 01:02:03.250
            <v Person>a  1 --&gt; 2 &lt;b&gt;

            """.ReplaceLineEndings("\n"), track);
    }

    [Fact]
    public void A_model_that_says_very_much_is_kept_in_part_and_no_letter_is_torn()
    {
        var answer = Answer();
        answer["summary"] = "s" + string.Concat(Enumerable.Repeat("\U0001F355", 500));
        answer["objections"] = new JsonArray(new JsonObject
        {
            ["text"] = new string('t', 9_000), ["category"] = "price", ["handled"] = true,
        });
        answer["key_points"] = new JsonArray([.. Enumerable.Range(0, 90).Select(_ => (JsonNode)new string('k', 9_000))]);
        var found = CallAnalysis.Of(answer, Turns);
        Assert.EndsWith("\U0001F355", (string)found.Document["summary"]!, StringComparison.Ordinal);
        var objection = found.Document["objections"]![0]!;
        Assert.Equal((500, true), (((string)objection["text"]!).Length, (bool)objection["handled"]!));
        Assert.Equal(1, found.ObjectionsHandled);
        Assert.Equal(50, found.Document["key_points"]!.AsArray().Count);
        Assert.True(found.Document.ToJsonString().Length < 32_000);
    }

    [Fact]
    public void A_zero_that_a_model_writes_for_a_letter_is_in_nothing_that_is_kept()
    {
        var answer = JsonNode.Parse(Answer().ToJsonString().Replace("pizza", "caf\\u0000e9", StringComparison.Ordinal))!.AsObject();
        (answer["summary"], answer["key_points"]) = ("caf\0e9", new JsonArray("a\0", "b"));
        var found = CallAnalysis.Of(answer, Turns);
        Assert.DoesNotContain("\\u0000", found.Document.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(("caf\uFFFDe9", "caf\uFFFDe9", "b"), ((string?)found.Document["summary"],
            (string?)found.Document["qualification"]!["need"], (string?)found.Document["key_points"]![1]));
    }

    [Fact]
    public void What_the_agent_has_done_stands_above_what_a_model_says_of_it()
    {
        TurnRow[] turns = [.. Turns, new() { Place = 2, Role = TurnRow.ToolCall, Tool = "mark_do_not_call", Body = "{}" }];
        var found = CallAnalysis.Of(Answer(), turns);
        Assert.Equal(("dnc_requested", true), (found.Disposition, (bool)found.Document["dnc_requested"]!));
        Assert.False(found.WantsNoCalls);       // it is on the list
    }

    [Fact]
    public void Whoever_speaks_makes_no_line_of_his_own_and_a_long_talk_keeps_its_beginning_and_its_end()
    {
        Assert.Equal(2, CallQuestion.TranscriptOf(Turns).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        string text = CallQuestion.TranscriptOf(Enumerable.Range(0, 3_000).Select(n => new TurnRow { Place = n, Body = new('x', 60) }));
        Assert.True(text.Length < 73_000);
        Assert.StartsWith("[0] USER: x", text, StringComparison.Ordinal);
        Assert.Contains("[2999] USER: x", text, StringComparison.Ordinal);
        Assert.Contains("\n[…]\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Figures_of_what_was_said_are_null_where_nobody_has_looked_and_means_of_those_that_were_judged()
    {
        var none = SaidFigures.Of([new() { Calls = 3 }]).Write();
        Assert.All(none.Where(one => one.Key is not ("sentiment" or "objection_handling_rate")), one => Assert.Null(one.Value));
        // Case D04: a rate of nothing is 0.
        Assert.Equal((0m, 0m), ((decimal)none["objection_handling_rate"]!, (decimal)none["sentiment"]!["positive"]!));
        // Case D03, and the documented shares.
        var some = SaidFigures.Of(
        [
            new()
            {
                Judged = 119, Talked = 47_600, Interruptions = 45, Objections = 30, Handled = 18, Positive = 72, Neutral = 36,
                Negative = 11,
            },
        ]).Write();
        Assert.Equal((0.4m, 0.6m, 0.38m, 60.0m), ((decimal)some["avg_talk_ratio"]!, (decimal)some["avg_listen_ratio"]!,
            (decimal)some["avg_interruptions_per_call"]!, (decimal)some["objection_handling_rate"]!));
        Assert.Equal((60.5m, 30.3m, 9.2m), ((decimal)some["sentiment"]!["positive"]!, (decimal)some["sentiment"]!["neutral"]!,
            (decimal)some["sentiment"]!["negative"]!));
    }
}
