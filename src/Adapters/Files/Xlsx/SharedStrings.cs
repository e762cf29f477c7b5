using System.Globalization;
using System.Text;

namespace CarrierOptimization.Adapters.Files.Xlsx;

/// <summary>The texts that many cells repeat (plan names, reasons), held once. Bounded: what is new after that stays in its cell.</summary>
internal sealed class SharedStrings
{
    public const int TextsMax = 20_000;
    public const int CharactersPerTextMax = 256;

    private readonly Dictionary<string, int> _indexOf = new(StringComparer.Ordinal);
    private readonly List<string> _texts = [];

    public int Count => _texts.Count;

    /// <returns>The position of the text, or -1 when it must stand in its cell.</returns>
    public int IndexOf(string text)
    {
        if (text.Length > CharactersPerTextMax)
        {
            return -1;
        }

        if (_indexOf.TryGetValue(text, out int index))
        {
            return index;
        }

        if (_texts.Count == TextsMax)
        {
            return -1;
        }

        _indexOf.Add(text, _texts.Count);
        _texts.Add(text);
        return _texts.Count - 1;
    }

    public string Xml()
    {
        var xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n")
            .Append("<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" ")
            .Append(CultureInfo.InvariantCulture, $"uniqueCount=\"{_texts.Count}\">");
        foreach (string text in _texts)
        {
            xml.Append("<si><t xml:space=\"preserve\">").Append(XmlText.OfCell(text)).Append("</t></si>");
        }

        return xml.Append("</sst>").ToString();
    }
}
