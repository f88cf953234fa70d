using System.Text;
using System.Text.Json;
using Ringwright.Core;

namespace Ringwright.Pure.Core;

public sealed class JsonScratchTests
{
    [Fact]
    public void One_value_after_the_other_is_written_and_nothing_of_the_last_one_is_left()
    {
        Assert.Equal("""{"a":"<sip:b@c>"}""", Text("<sip:b@c>"));
        Assert.Equal("""{"a":"é"}""", Text("é"));
        Assert.Equal("""{"a":""}"""u8, JsonScratch.Bytes("", Write));
    }

    [Fact]
    public void A_value_may_be_written_while_another_is() =>
        Assert.Equal("""["{\"a\":\"b\"}"]""", JsonScratch.Text("b", static (writer, value) =>
        {
            writer.WriteStartArray();
            writer.WriteStringValue(Text(value));
            writer.WriteEndArray();
        }));

    [Fact]
    public void What_could_not_be_written_leaves_nothing()
    {
        Assert.Throws<InvalidOperationException>(() => JsonScratch.Text("", static (writer, _) =>
        {
            writer.WriteStartObject();
            throw new InvalidOperationException();
        }));
        Assert.Equal("""{"a":"b"}""", Text("b"));
    }

    [Fact]
    public void A_text_of_any_length_is_written()
    {
        string longer = new('x', 300_000);
        Assert.Equal($$"""{"a":"{{longer}}"}""", Encoding.UTF8.GetString(JsonScratch.Bytes(longer, Write)));
        Assert.Equal("""{"a":"b"}""", Text("b"));
    }

    private static string Text(string value) => JsonScratch.Text(value, Write);

    private static void Write(Utf8JsonWriter writer, string value)
    {
        writer.WriteStartObject();
        writer.WriteString("a", value);
        writer.WriteEndObject();
    }
}
