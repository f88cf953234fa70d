using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Conversations.Models;

namespace Ringwright.Conversations.Scripts;

/// <summary>What agents have in common, whatever they think by. What is not known is refused by its place.</summary>
internal static class DefinitionParser
{
    /// <summary>The node's own recogniser, which knows words and no sentences.</summary>
    private const string BuiltIn = "built-in";

    private const int Name = 64, Text = 3_000, Phrase = 100;
    /// <summary>
    /// From all sources: an assistant may have 500 of its own, and those of its call, of a command and of its colleagues come on top.
    /// </summary>
    private const int Variables = 2_000;

    public static (AgentDefinition? Definition, string? Fault) Read(string json)
    {
        JsonNode? node;
        try
        {
            node = JsonNode.Parse(json, documentOptions: new()
            {
                AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, AllowDuplicateProperties = false,
            });
        }
        catch (JsonException bad)
        {
            string line = bad.LineNumber is { } number ? string.Create(CultureInfo.InvariantCulture, $", in line {number + 1}") : "";
            return (null, $"it is no JSON, or has a name twice{line}");
        }
        if (node is not JsonObject all) return (null, "it must be a JSON object");
        var fault = new FirstFault();
        var reader = new ScriptReader(all, "", fault);
        AgentDefinition definition = reader.Has("model") ? ModelParser.Read(reader) : ScriptParser.Read(reader);
        return fault.Text is { } text ? (null, text) : (definition, null);
    }

    /// <summary>With what is common to all.</summary>
    public static T ReadManner<T>(ScriptReader all, T definition) where T : AgentDefinition
    {
        string language = all.Text("language", 35) ?? definition.Language;
        string? recogniser = all.Text("recogniser", Name);
        return definition with
        {
            Language = language,
            Voice = all.Text("voice", Phrase) ?? "",
            VoiceSpeed = all.Number("voice_speed", 0.25, 4) ?? 1,
            Recogniser = recogniser,
            RecogniserModel = all.Text("recogniser_model", Phrase),
            Variables = all.Map("variables", Variables, Text),
            KeepsTranscript = all.Flag("transcript", false),
            Terms = ReadTerms(all, definition.Terms with { Language = language }, recogniser is not BuiltIn),
        };
    }

    private static VoicemailTerms ReadVoicemail(ScriptReader voicemail)
    {
        string action = voicemail.Text("action", Name) ?? "stop";
        if (action is not ("stop" or "leave_message" or "continue")) voicemail.Refuse("action", "must be stop, leave_message or continue");
        var read = new VoicemailTerms
        {
            ForVerdict = voicemail.Seconds("verdict_secs", 0.5, 60), Message = voicemail.Text("message", Text) ?? "",
            Prompt = voicemail.Text("prompt", Text),
            Action = action switch
            {
                "leave_message" => VoicemailAction.LeaveMessage,
                "continue" => VoicemailAction.Continue,
                _ => VoicemailAction.Stop,
            },
        };
        if (read is { Action: VoicemailAction.LeaveMessage, Message: "", Prompt: null })
            voicemail.Refuse("message", "must be there, or prompt: a machine is left one");
        voicemail.Close();
        return read;
    }

    private static ConversationTerms ReadTerms(ScriptReader all, ConversationTerms terms, bool hasPunctuation)
    {
        var usual = TurnTerms.Usual with { HasPunctuation = hasPunctuation };
        terms = terms with
        {
            Turns = usual,
            TimeLimit = all.Seconds("time_limit_secs", 1, 14_400) ?? terms.TimeLimit,
            IdleTimeout = all.Seconds("user_idle_timeout_secs", 1, 14_400),
            HearsKeys = all.Flag("keys", true),
            Sorry = all.Text("sorry", Text) ?? OwnWords.Sorry(terms.Language),
            Apology = all.Text("apology", Text) ?? OwnWords.Apology(terms.Language),
            LastWords = OwnWords.LastWords(terms.Language),
            Voicemail = all.Object("voicemail") is { } voicemail ? ReadVoicemail(voicemail) : null,
        };
        if (all.Object("interruptions") is { } interruptions)
        {
            terms = terms with
            {
                Interruptions = new()
                {
                    IsEnabled = interruptions.Flag("enable", true),
                    ProtectsGreeting = interruptions.Flag("disable_greeting_interruption", false),
                },
            };
            interruptions.Close();
        }
        if (all.Object("turns") is not { } turns) return terms;
        terms = terms with
        {
            Turns = usual with
            {
                Wait = turns.Seconds("wait_seconds", 0, 5) ?? usual.Wait,
                OnPunctuation = turns.Seconds("on_punctuation_seconds", 0, 10) ?? usual.OnPunctuation,
                OnNumber = turns.Seconds("on_number_seconds", 0, 10) ?? usual.OnNumber,
                OnNoPunctuation = turns.Seconds("on_no_punctuation_seconds", 0, 10) ?? usual.OnNoPunctuation,
                HasPunctuation = turns.Flag("recogniser_has_punctuation", hasPunctuation),
            },
        };
        turns.Close();
        return terms;
    }
}
