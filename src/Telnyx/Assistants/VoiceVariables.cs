using System.Text.Json.Nodes;
using Ringwright.Core;

namespace Ringwright.Telnyx.Assistants;

/// <summary>A voice that an assistant names by variables, as they are when its talk is ordered: it is judged then as any voice.</summary>
internal static class VoiceVariables
{
    private const string Settings = "voice_settings", Voice = "voice";

    /// <summary>
    /// One that there is not is what its mark says for that, or empty; one that a webhook may still tell is left as it is.
    /// </summary>
    /// <param name="variables">Of the call and of its command, which stand over the assistant's.</param>
    public static void Fill(JsonObject fields, JsonObject variables)
    {
        if (fields.Child(Settings) is not { } settings || settings.Filled(Voice) is not { } voice) return;
        bool mayChange = fields.Filled(InitialVariables.UrlField) is not null;
        var known = AssistantAgent.Variables(fields.Child("dynamic_variables") ?? [], variables);
        settings[Voice] = TemplateMarks.Mark().Replace(voice, found =>
        {
            string mark = TemplateMarks.NameOf(found);
            return mayChange && !variables.ContainsKey(TextMark.Read(mark).Name) ? found.Value
                : TextMark.ValueOf(mark, name => known.Text(name));
        });
    }
}
