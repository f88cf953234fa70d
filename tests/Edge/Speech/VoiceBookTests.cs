using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Telnyx;
using Ringwright.Egress;
using Ringwright.Speech;
using Ringwright.Speech.Polly;
using Ringwright.Telnyx.Speech;

namespace Ringwright.Edge.Speech;

/// <summary>What a node makes of names of voices.</summary>
public sealed class VoiceBookTests
{
    [Theory]
    [InlineData("female", false)]
    [InlineData("", false)]
    [InlineData("Telnyx.KokoroTTS.af", false)]
    [InlineData("AWS.Polly.Joanna", true)]
    [InlineData("Polly.Joanna", true)]
    [InlineData("Joanna", true)]
    [InlineData("ElevenLabs.Default.x", true)]
    [InlineData("azure.de-DE-KatjaNeural", true)]
    public void A_voice_of_another_vendor_is_spoken_with_a_warning(string voice, bool isForeign)
    {
        var stand = Book(new() { Folder = "" }).Find(voice);
        Assert.Equal((voice, isForeign, null), (stand.Voice, stand.Warning is not null, stand.Refusal));
        if (isForeign) Assert.Contains("espeak-ng", stand.Warning, StringComparison.Ordinal);
    }

    [Fact]
    public void A_vendor_that_speaks_itself_needs_no_alias()
    {
        var book = Book(new() { Folder = "", Provider = PollySpeech.Name, Polly = new() { AccessKey = "id", Secret = "secret" } });
        Assert.Null(book.Find("AWS.Polly.Joanna").Warning);
        Assert.Null(book.Find("Polly.Ruth-Neural").Warning);
        Assert.Null(book.Find("Joanna").Warning);
        Assert.NotNull(book.Find("ElevenLabs.Default.x").Warning);
    }

    [Fact]
    public void An_alias_speaks_for_a_name_or_for_all_that_begin_so()
    {
        var book = Book(new()
        {
            Folder = "",
            VoiceAliases = [("AWS.*", "female"), ("AWS.Polly.*", "male"), ("aws.polly.joanna", "AWS.Polly.Amy"), ("reception", "male")],
        });
        Assert.Equal(new VoiceStand("AWS.Polly.Amy", null, null), book.Find("AWS.Polly.Joanna"));
        Assert.Equal(new VoiceStand("male", null, null), book.Find("AWS.Polly.Brian"));
        Assert.Equal(new VoiceStand("female", null, null), book.Find("AWS.Nova.x"));
        Assert.NotNull(book.Find("ElevenLabs.Default.x").Warning);
        var named = Assert.Single(book.Voices(), v => v.Id == "reception");
        Assert.Equal(("en-US", true), (named.Language, named.IsMan));
    }

    [Fact]
    public void A_strict_node_refuses_what_has_no_alias()
    {
        var book = Book(new() { Folder = "", IsStrictWithVoices = true, VoiceAliases = [("Azure.*", "female")] });
        Assert.Contains("AWS.Polly.Joanna", book.Find("AWS.Polly.Joanna").Refusal, StringComparison.Ordinal);
        Assert.Equal(new VoiceStand("female", null, null), book.Find("Azure.de-DE-KatjaNeural"));
        Assert.Null(book.Find("female").Refusal);
        Assert.DoesNotContain(book.Voices(), v => v.Id == "AWS.Polly.Joanna");
    }

    [Fact]
    public void A_name_that_is_declared_is_taken_whatever_it_is_called()
    {
        var speech = new NoSpeech();
        Assert.NotNull(VoiceNames.FaultOf("Other.x", speech));
        speech.Stands = static _ => new("female", Warning: null, Refusal: null);
        Assert.Null(VoiceNames.FaultOf("Other.x", speech));
    }

    private static VoiceBook Book(SpeechOptions options)
    {
        using var egress = new EgressClient(TargetPolicy.Strict, TimeProvider.System);
        return new(SpeechProviders.Create(options, egress, NullLogger.Instance), options);
    }
}
